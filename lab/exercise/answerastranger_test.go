package exercise

import (
	"testing"

	"dialpath/lab/trace"
)

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
		{"nobody named", func(h *handmade) {
			h.call(3, "recvfrom(9 bytes, 10.0.0.1:4000)", 9).call(3, "write(9 bytes)", -1, "EDESTADDRREQ")
		},
			"write(2) said EDESTADDRREQ: it named no destination, and the socket has no peer"},
		{"its port again", func(h *handmade) {
			h.call(3, "recvfrom(9 bytes, 10.0.0.1:4000)", 9).socket(4).call(4, "bind(10.0.0.2:1337)", -1, "EADDRINUSE")
		},
			"no datagram left: bind(2) said EADDRINUSE"},
		{"what the runtime tries out", func(h *handmade) {
			h.call(3, "recvfrom(9 bytes, 10.0.0.1:4000)", 9).call(-1, "socket(AF_INET6, SOCK_STREAM)", 4).call(4, "bind([::1]:0)", -1, "EADDRNOTAVAIL")
		}, "no datagram left, and no system call tried to send one"},
		{"silent", func(h *handmade) { h.call(3, "recvfrom(9 bytes, 10.0.0.1:4000)", 9) },
			"no datagram left, and no system call tried to send one"},
		{"by read", func(h *handmade) { h.call(3, "read(9 bytes)", 9) }, "read(2) returned 9 bytes, and not whose they were"},
		{"deaf", func(h *handmade) {}, "the question came, and the program did not receive it"},
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

func TestKeepsToAsker(t *testing.T) {
	t.Parallel()
	const server, asker = "10.0.0.2:1337", "10.0.0.1:4000"
	h := new(handmade).packet("in", asker, server).packet("out", server, asker)
	if got := says(keepsToAsker(h.evidence())); got != "met" {
		t.Errorf("one answer: %s", got)
	}
	h.packet("out", server, "10.0.0.1:4001")
	if got := says(keepsToAsker(h.evidence())); got != "datagrams left for ports that nobody had asked from" {
		t.Errorf("two, for two: %s", got)
	}
}

func TestRepeatsQuestion(t *testing.T) {
	t.Parallel()
	const server, asker = "10.0.0.2:1337", "10.0.0.1:4000"
	for _, test := range []struct {
		name    string
		answers []string
		want    string
	}{
		{"the same", []string{"who are you?"}, "met"},
		{"the same, and more", []string{"who are you?", "I am a hero."}, "met"},
		{"other words", []string{"I am a hero."}, "the answer had 12 bytes, as the question, but not the same"},
		{"other words first", []string{"I am a hero.", "who are you?"}, "the answer had 12 bytes, as the question, but not the same"},
		{"fewer", []string{"who?"}, "the question had 12 bytes, and the answer 4"},
		{"none first", []string{"", "who are you?"}, "the first datagram that it received was empty"},
		{"nothing", nil, "the asker did not receive it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).call(-1, "socket(AF_INET, SOCK_DGRAM)", 3).call(3, "bind("+asker+")", 0).packet("out", asker, server)
			h.packet("in", asker, server).Packets[1].Role = trace.Server
			for _, a := range test.answers {
				h.packet("in", server, asker).call(3, "recvfrom(65536 bytes, "+server+")", int64(len(a)))
			}
			for i, text := range append([]string{"who are you?", "who are you?"}, test.answers...) {
				h.Packets[i].Data = append([]byte{28: 0}[:28], text...)
				h.Packets[i].Data[0] = 0x45
				h.Packets[i].Length = len(h.Packets[i].Data)
			}
			if got := says(repeatsQuestion(Evidence{numbered(&h.Trace), trace.Server})); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
