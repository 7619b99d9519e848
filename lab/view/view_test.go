package view_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

// TestAbsent holds that what was not recorded is not shown as what did not happen.
func TestAbsent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what   string
		view   func(io.Writer, *trace.Trace, view.Style) error
		absent bool // a trace in which the list is nil
		want   string
	}{
		{"packets", view.Packets, true, "This trace holds no packets: they were not recorded."},
		{"stacks", view.Stacks, true, "This trace holds no stacks: they were not recorded."},
		{"counts", view.Count, true, "This trace holds no counts: they were not recorded."},
		{"hooks", view.Hooks, true, "This trace holds no calls of the article's functions: they were not recorded."},
		{"system calls", view.Syscalls, true, "This trace holds no system calls: they were not recorded."},
		{"moments", timeline, true, "This trace holds no times of single calls: they were not recorded."},
		{"moments", timeline, false, "Nothing happened."},
		{"packets", view.Packets, false, "No packets."},
		{"stacks", view.Stacks, false, "None of the functions ran."},
		{"counts", view.Count, false, "None of the functions ran."},
		{"hooks", view.Hooks, false, "None of the article's functions was called."},
		{"system calls", view.Syscalls, false, "No network system calls."},
	} {
		read := new(trace.Trace)
		if !test.absent {
			read = &trace.Trace{
				Functions: []trace.Function{}, Hooks: []trace.Hook{}, Stacks: []trace.Stack{},
				Packets: []trace.Packet{}, Syscalls: []trace.Syscall{}, Wakeups: []trace.Wakeup{},
			}
		}
		var got bytes.Buffer
		if err := test.view(&got, read, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if got.String() != "\n"+test.want+"\n" {
			t.Errorf("%s, absent %v: %q, want %q", test.what, test.absent, got.String(), test.want)
		}
	}
}

// TestMissedUnknown holds that a kernel that does not count missed hits is not
// taken for one that missed none.
func TestMissedUnknown(t *testing.T) {
	t.Parallel()
	const line = "\nmissed hits: unknown, this kernel does not count them (6.7 does)\n"
	for _, test := range []struct {
		backend kernel.Backend
		known   bool
		want    bool
	}{
		{"kprobe.multi", false, true},
		{"kprobe", false, true},
		{"kprobe", true, false},
		{"fentry", false, false},
		{"tracepoint", false, false},
	} {
		read := load(t, "dial-tcp")
		read.Backend.Name, read.Honesty.MissedKnown = test.backend, test.known
		var got bytes.Buffer
		if err := view.Honesty(&got, read, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got.String(), line) != test.want {
			t.Errorf("%s, known %v: %s", test.backend, test.known, got.String())
		}
	}
}

// TestColour holds that colour changes nothing but colour.
func TestColour(t *testing.T) {
	t.Parallel()
	var plain, colour bytes.Buffer
	if err := writeTour(&plain, recordings(t, "kprobe.multi"), view.Style{}); err != nil {
		t.Fatal(err)
	}
	if err := writeTour(&colour, recordings(t, "kprobe.multi"), view.Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain.String(), uncolour(colour.String())); diff != "" {
		t.Errorf("(-plain +coloured):\n%s", diff)
	}
	if plain.String() == colour.String() {
		t.Error("nothing was coloured")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := view.JSON(&got, load(t, "dialudp")); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("testdata/dialudp.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file), got.String()); diff != "" {
		t.Errorf("a trace's JSON is its file (-file +got):\n%s", diff)
	}
}
