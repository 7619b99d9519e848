package echo

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"time"
)

// Server sends back whatever it is sent. The zero value is a UDP server that
// prints nothing.
type Server struct {
	// Network is one of [Networks]; empty is "udp".
	Network string
	// Timeout is how long one write may take, and over TCP also how long a
	// peer may be silent; 0 is [DefaultTimeout].
	Timeout time.Duration
	// Buffer is the size in bytes of the buffer that is read into, 1 to
	// [MaxDatagram]; 0 is MaxDatagram. A larger datagram is reported as
	// truncated and not answered.
	Buffer int
	// Out takes the lines; nil drops them.
	Out io.Writer
	// Ready, if set, is called once, with the address that the server listens
	// on, before anything is read.
	Ready func(net.Addr)
	// Drain, if not 0, lets the server finish its work when ctx is done: it
	// goes on until nothing new has come for that long, and TCP connections
	// end in their own time, within Timeout of their last byte. Otherwise all
	// is closed at once.
	Drain time.Duration
}

// Run listens on address, "host:port", and answers until ctx is done; then it
// prints "cancelled" and returns the error of ctx, with no goroutine left. A
// host that is left out is the loopback address; 0.0.0.0 is every IPv4 address of
// the machine, [::] every address. A server on those lets the kernel choose the
// address that a datagram comes from, and a client takes it only from the
// address that it dialed. A failed packet or peer is a line, not an end: Run
// returns another error only when it cannot listen.
func (s Server) Run(ctx context.Context, address string) error {
	s.Out = newLines(s.Out)
	s.Network = cmp.Or(s.Network, "udp")
	s.Timeout = cmp.Or(s.Timeout, DefaultTimeout)
	s.Buffer = cmp.Or(s.Buffer, MaxDatagram)
	if err := check(s.Network, s.Timeout, s.Buffer); err != nil {
		return failed("listen", s.Network, address, err)
	}

	address = loopback(s.Network, address)
	s.Network = family(s.Network, address)
	serve := s.tcp
	if isUDP(s.Network) {
		serve = s.udp
	}
	err := serve(ctx, address)
	if ctx.Err() != nil {
		fmt.Fprintln(s.Out, "cancelled")
		return ctx.Err()
	}
	return err
}

// ready calls the hook.
func (s Server) ready(address net.Addr) {
	if s.Ready != nil {
		s.Ready(address)
	}
}

// end ends the wait on a socket, for ctx is done: for good, or, with Drain, to begin a last
// one. That one begins when the server gets to it, so that it is as long on a busy machine.
func (s Server) end(waiting io.Closer, setDeadline func(time.Time) error) {
	if s.Drain == 0 {
		waiting.Close()
		return
	}
	setDeadline(time.Now())
}

// pause waits after the given number of failures in a row, longer each time:
// 5 ms, 10 ms … 1 s, as the server of net/http does, or until ctx is done. A
// lack of descriptors or memory passes; to try at once would only burn the CPU.
func pause(ctx context.Context, failures int) {
	wait := min(5*time.Millisecond<<min(failures-1, 8), time.Second)
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}
