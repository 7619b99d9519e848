package trace

import "testing"

func TestTitle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		target Target
		want   string
	}{
		{Target{Workload: "dial-udp", Call: `net.Dial("udp")`}, `net.Dial("udp")`},
		{Target{Workload: "of tomorrow"}, "of tomorrow"},
		{Target{Command: []string{"/usr/bin/curl", "-s"}}, "curl -s"},
		{Target{PID: 42}, "process 42"},
		{Target{}, "the whole machine"},
	} {
		if got := test.target.Title(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.target, got, test.want)
		}
	}
}
