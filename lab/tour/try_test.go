package tour

import "testing"

// TestReplay: what to try of recordings names the recording.
func TestReplay(t *testing.T) {
	t.Parallel()
	where := func(workload string) string { return "6.12:" + workload }
	for args, want := range map[string]string{
		"compare dial-tcp dialudp":         "compare -r 6.12:dial-tcp 6.12:dialudp",
		"packets -w echo-tcp":              "packets -r 6.12:echo-tcp",
		"stack __skb_recv_udp -w read-udp": "stack -r 6.12:read-udp",
		"step write-udp":                   "timeline -r 6.12:write-udp",
		"run deadline-udp":                 "run deadline-udp",
	} {
		if got := (Try{Args: args}).Replay(where).Args; got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}
