package kernel

import (
	"slices"
	"testing"
)

// TestArchs: of each architecture the tables tell how the functions behind its system calls
// are called, what leads to those, and since when each backend works there.
func TestArchs(t *testing.T) {
	t.Parallel()
	for i, arch := range Archs() {
		if !slices.ContainsFunc(beginnings, func(b beginning) bool { return b.wrapper && b.arch == arch }) {
			t.Errorf("%s: what do its functions for system calls begin with?", arch)
		}
		if !slices.ContainsFunc(entries, func(e entry) bool { return e.arch == arch }) {
			t.Errorf("%s: which functions lead to its system calls?", arch)
		}
		for _, b := range Backends() {
			if _, told := b.Needs().Elsewhere[arch]; !told && i > 0 {
				t.Errorf("%s: since when has it %s?", arch, b)
			}
		}
	}
}
