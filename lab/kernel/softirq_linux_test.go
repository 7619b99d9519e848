package kernel_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"dialpath/lab/kernel"
)

// TestSoftirqNames holds the table against the running kernel's own, which is in the order of
// the vectors, too.
func TestSoftirqNames(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("/proc/softirqs")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(table)) {
		if name, _, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			names = append(names, name)
		}
	}
	if got := kernel.Softirqs(); !slices.Equal(got, names) {
		t.Errorf("softirqs are %q, and on this kernel %q", got, names)
	}
}
