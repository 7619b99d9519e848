package explain

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dialpath/lab/kernel"
	"dialpath/lab/recordings"
)

// ours are the functions that must be explained: those of TCP, UDP, IP and of sockets.
var ours = regexp.MustCompile(`^(__)?(tcp|udp|ip|inet|sock|sk)_`)

// TestComplete lists the functions that a workload ran on one of the kernels of which the
// lab has recordings, and that the table has no line for; and of all that its stacks pass
// through, and that has another name since the article.
func TestComplete(t *testing.T) {
	t.Parallel()
	for _, series := range recordings.Kernels() {
		traces, err := recordings.Load(series)
		if err != nil {
			t.Fatal(err)
		}
		var missing []string
		miss := func(name string) {
			if Function(name) == "" && !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
		for _, tr := range traces {
			for _, f := range tr.Functions {
				if ours.MatchString(f.Name) {
					miss(f.Name)
				}
			}
			for _, s := range tr.Stacks {
				for _, f := range s.Frames {
					if f.Kind == "kernel" {
						miss(f.Name)
					}
				}
			}
		}
		for _, r := range kernel.Renames() {
			miss(r.Now)
		}
		if len(missing) > 0 {
			t.Errorf("%s: no explanation of %s", series, strings.Join(missing, ", "))
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	const widest = 76 // under the function's name, indented
	all := Names()
	for i, name := range all {
		line := Function(name)
		if n := utf8.RuneCountInString(line); n == 0 || n > widest {
			t.Errorf("%s: %d characters: %s", name, n, line)
		}
		if strings.HasSuffix(line, ".") || line != strings.TrimSpace(line) {
			t.Errorf("%s: not in the form of the others: %q", name, line)
		}
		if i > 0 && all[i-1] == name {
			t.Errorf("%s is explained twice", name)
		}
	}
}

func TestFunction(t *testing.T) {
	t.Parallel()
	if got := Function("tcp_options_write.isra.0"); got != tcps["tcp_options_write"] || got == "" {
		t.Errorf("a compiler's suffix hides the function: %q", got)
	}
	for _, unknown := range []string{"", "main.main", "tcp_", ".isra.0"} {
		if got := Function(unknown); got != "" {
			t.Errorf("%q explained as %q", unknown, got)
		}
	}
}
