package view_test

import (
	"bytes"
	"strings"
	"testing"

	"dialpath/lab/trace"
	"dialpath/lab/view"
)

// TestSessions: what was lost of any recording is said, and of whose, if they were not
// made with the same probes.
func TestSessions(t *testing.T) {
	t.Parallel()
	a, b := load(t, "dial-tcp"), load(t, "dialudp")
	b.Kernel, b.Backend, b.Honesty.Attach = a.Kernel, a.Backend, a.Honesty.Attach
	b.Honesty.Matched, b.Honesty.Attached = a.Honesty.Matched, a.Honesty.Attached
	show := func() string {
		var got bytes.Buffer
		for _, v := range []func() error{
			func() error { return view.Headers(&got, []*trace.Trace{a, b}, view.Style{}) },
			func() error { return view.HonestyOfAll(&got, []*trace.Trace{a, b}, view.Style{}) },
		} {
			if err := v(); err != nil {
				t.Fatal(err)
			}
		}
		checkLines(t, "sessions", got.String(), false)
		return got.String()
	}
	if got := show(); strings.Count(got, "dialpath · ") != 1 || strings.Count(got, "attached ") != 1 || strings.Contains(got, "lost") {
		t.Errorf("one session:\n%s", got)
	}
	a.Honesty.Lost, b.Honesty.Lost = 3, 4
	if got := show(); !strings.Contains(got, "\nlost 7 events: ") {
		t.Errorf("both lost events:\n%s", got)
	}
	b.Kernel = "6.1.0"
	got := show()
	for _, want := range []string{"dialpath · Linux 6.1.0 ", "\nnet.Dial(\"tcp\") on Linux " + a.Kernel + ":\nattached ", "\nlost 3 events: ",
		"\n\nnet.DialUDP(\"udp\") on Linux 6.1.0:\nattached ", "\nlost 4 events: "} {
		if !strings.Contains(got, want) {
			t.Errorf("two sessions: no %q in\n%s", want, got)
		}
	}
}
