package stage

import "testing"

func TestCountIP(t *testing.T) {
	t.Parallel()
	const text = "Ip: Forwarding DefaultTTL InReceives InHdrErrors OutRequests\nIp: 2 64 123 0 98\nIcmp: InMsgs OutRequests\nIcmp: 7 8\n"
	if got := countIP(text); got != (traffic{out: 98, in: 123}) {
		t.Errorf("got %+v", got)
	}
	if got := countIP("Ip: InReceives"); got != (traffic{}) {
		t.Errorf("got %+v of no numbers", got)
	}
}
