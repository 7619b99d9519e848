package exercise

import "testing"

func TestAnswersAsker(t *testing.T) {
	t.Parallel()
	const server, asker = "10.0.0.2:1337", "10.0.0.1:4000"
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"answered", func(h *handmade) { h.packet("out", server, asker) }, "met"},
		{"another first", func(h *handmade) { h.packet("out", server, "10.0.0.1:1337").packet("out", server, asker) }, "met"},
		{"another port", func(h *handmade) { h.packet("out", server, "10.0.0.1:1337") }, "1 datagram left, and none for the port that the question had come from"},
		{"another socket", func(h *handmade) { h.packet("out", "10.0.0.2:5000", asker) },
			"an answer left for the asker from another port, that of another socket: the asker's socket is connected to port 1337 and takes nothing else"},
		{"nobody named", func(h *handmade) { h.call(3, "write(9 bytes)", -1, "EDESTADDRREQ") },
			"write(2) said EDESTADDRREQ: it named no destination, and the socket has no peer"},
		{"its port again", func(h *handmade) { h.socket(4).call(4, "bind(10.0.0.2:1337)", -1, "EADDRINUSE") },
			"no datagram left: bind(2) said EADDRINUSE"},
		{"what the runtime tries out", func(h *handmade) {
			h.call(-1, "socket(AF_INET6, SOCK_STREAM)", 4).call(4, "bind([::1]:0)", -1, "EADDRNOTAVAIL")
		}, "no datagram left, and no system call tried to send one"},
		{"silent", func(h *handmade) {}, "no datagram left, and no system call tried to send one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3).packet("in", asker, server)
			test.made(h)
			if got := says(answersAsker(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestRepeatsQuestion(t *testing.T) {
	t.Parallel()
	const server, asker = "10.0.0.2:1337", "10.0.0.1:4000"
	for _, test := range []struct{ name, answer, want string }{
		{"the same", "who are you?", "met"},
		{"other words", "I am a hero.", "the answer had 12 bytes, as the question, but not the same"},
		{"fewer", "who?", "the question had 12 bytes, and the answer 4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).packet("in", asker, server).packet("out", server, asker)
			for i, text := range []string{"who are you?", test.answer} {
				h.Packets[i].Data = append([]byte{28: 0}[:28], text...)
				h.Packets[i].Data[0] = 0x45
				h.Packets[i].Length = len(h.Packets[i].Data)
			}
			if got := says(repeatsQuestion(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
