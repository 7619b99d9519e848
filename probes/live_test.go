package probes

import (
	"net"
	"os"
	"testing"

	"dialpath/lab/ring"
)

// datagrams is the known truth of the tests below: so many are sent, so many must
// be seen. A prime, so that no batch or page size divides it.
const datagrams = 137

// Native kernels without kprobes still have tracepoints, which count exactly too.
func TestTracepointsCountExactly(t *testing.T) {
	ring.Root(t)
	exact(t, Options{Functions: []string{"sock:*"}, Stacks: []string{"fib:fib_table_lookup"}, Backend: Tracepoint}, "sock:sock_send_length")
}

// exact sends datagrams to itself and asserts that the function was counted once
// for each, for the right role and context, and that all counts add up.
func exact(t *testing.T, opts Options, function string) *Seen {
	t.Helper()
	s, err := Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sendDatagrams(t, 3) // the gate is closed: these must not be seen
	seen := window(t, s, func() { sendDatagrams(t, datagrams) })

	var sum uint64
	var rows []Count
	for _, c := range seen.Counts {
		sum += c.Calls
		if c.Function.Base == function {
			rows = append(rows, c)
		}
	}
	if len(rows) != 1 || rows[0].Calls != datagrams || rows[0].Role != Client || rows[0].Context != 0 {
		t.Errorf("counted %v, want %d calls of %s by the client in process context, and no more", rows, datagrams, function)
	}
	if sum != seen.Hits {
		t.Errorf("counts add up to %d, but %d hits were counted", sum, seen.Hits)
	}
	if seen.Lost != 0 {
		t.Errorf("%d lost, want none", seen.Lost)
	}
	return seen
}

// window runs f as the client, with the gate open, and returns what was seen.
func window(t *testing.T, s *Session, f func()) *Seen {
	t.Helper()
	check(t, s.Admit(os.Getpid(), Client))
	check(t, s.Start())
	f()
	check(t, s.Stop())
	sendDatagrams(t, 3) // the gate is closed again
	seen, err := s.Read()
	check(t, err)
	return seen
}

// sendDatagrams sends n datagrams from a connected socket to another.
func sendDatagrams(t testing.TB, n int) {
	t.Helper()
	peer, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	conn, err := net.Dial("udp4", peer.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range n {
		if _, err := conn.Write([]byte("something")); err != nil {
			t.Fatal(err)
		}
	}
}
