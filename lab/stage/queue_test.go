package stage

import "testing"

func TestQueued(t *testing.T) {
	t.Parallel()
	const (
		udp    = "  478: 0200000A:0539 00000000:0000 07 00000000:00000D00 00:00000000 00000000     0        0 7102 2 0000000000000000 0"
		other  = "  478: 0200000A:053A 00000000:0000 07 00000000:00000D00 00:00000000 00000000     0        0 7102 2 0000000000000000 0"
		listen = "   0: 0200000A:0539 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 7103 1 0000000000000000 100 0 0 10 0"
		open   = "   1: 0200000A:0539 0100000A:9000 01 00000000:00000000 00:00000000 00000000     0        0 7104 1 0000000000000000 20 4 0 10 -1"
		head   = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops"
	)
	for _, test := range []struct {
		line string
		tcp  bool
		want int
		ok   bool
	}{
		{udp, false, 0xd00, true}, {other, false, 0, false}, {listen, true, 1, true}, {open, true, 0, false},
		{head, false, 0, false}, {"", false, 0, false}, {"1: x y z w", false, 0, false},
	} {
		got, ok := queued(test.line, test.tcp)
		if got != test.want || ok != test.ok {
			t.Errorf("%s: got %d %v, want %d %v", test.line, got, ok, test.want, test.ok)
		}
	}
}
