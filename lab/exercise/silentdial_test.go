package exercise

import "testing"

func TestDials(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"the server", func(h *handmade) { h.call(3, connecting, 0) }, "met"},
		{"nobody", func(h *handmade) {}, "it called no connect(2)"},
		{"by its name", func(h *handmade) { h.call(3, "sendto(9 bytes, 10.0.0.2:1337)", 9) },
			"it called no connect(2): each sendto(2) named its destination itself"},
		{"a port that is no server's", func(h *handmade) { h.call(3, "connect(10.0.0.2:53)", 0).call(3, "write(9 bytes)", 9) },
			"connect(2) was called for 10.0.0.2:53: the server's address is in DIALPATH_ADDR"},
		{"somebody far away", func(h *handmade) {
			h.call(3, "connect(127.0.0.1:53)", 0).call(3, "write(9 bytes)", 9).socket(4).call(4, "connect(8.8.8.8:53)", -1, "ENETUNREACH")
		}, "connect(2) to 8.8.8.8:53 said ENETUNREACH: there is nobody here but the server, whose address is in DIALPATH_ADDR"},
		{"the server, in vain", func(h *handmade) { h.call(3, connecting, -1, "EACCES") }, "connect(2) to 10.0.0.2:1337 said EACCES"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3)
			test.made(h)
			if got := says(dials(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
