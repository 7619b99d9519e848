package view_test

import (
	"bytes"
	"strings"
	"testing"

	"dialpath/lab/compare"
	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

// TestUnexpectedFamilies: who asked for UDP or TCP over IPv4 and sees other functions
// is told why, where they show and nowhere else.
func TestUnexpectedFamilies(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"mptcp_init_sock": "mptcp_* is Multipath TCP.", "udpv6_recvmsg": "Functions of IPv6 run for IPv4, too,", "udp_recvmsg": "",
	} {
		one := &trace.Trace{Honesty: trace.Honesty{Patterns: []string{"*"}},
			Functions: []trace.Function{{Name: name, Base: name, Role: trace.Any, Context: trace.Process, Count: 1}}}
		var counted, compared bytes.Buffer
		if err := view.Count(&counted, one, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if err := view.Compare(&compared, compare.Compare(one, one), view.Style{}); err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{counted.String(), compared.String()} {
			if want != "" && !strings.Contains(got, "\n\n"+want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
			if want == "" && (strings.Contains(got, "Multipath") || strings.Contains(got, "IPv6")) {
				t.Errorf("%s: explained without need:\n%s", name, got)
			}
			checkLines(t, name, got, false)
		}
	}
}

// TestSoftirqWords: of each softirq it is said what the kernel does in it.
func TestSoftirqWords(t *testing.T) {
	t.Parallel()
	for _, name := range kernel.Softirqs() {
		one := &trace.Trace{Functions: []trace.Function{{Name: "ip_rcv", Base: "ip_rcv", Role: trace.Any, Context: trace.Context(name), Count: 1}}}
		var got bytes.Buffer
		if err := view.Count(&got, one, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got.String(), name+" (") {
			t.Errorf("%s is not explained:\n%s", name, got.String())
		}
	}
}
