package echo

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"
)

// udp is the article's client: resolve, dial, write one datagram, read one.
func (c Client) udp(ctx context.Context, address string, reader io.Reader) error {
	// A literal address is only parsed; a name is looked up. ResolveUDPAddr
	// takes no context, hence await.
	raddr, err := await(ctx, func() (*net.UDPAddr, error) {
		return net.ResolveUDPAddr(c.Network, address)
	})
	if err != nil {
		return failed("dial", c.Network, address, err)
	}

	// connect(2) on a datagram socket sends nothing. It tells the kernel the
	// one address that this socket writes to and reads from.
	conn, err := net.DialUDP(c.Network, nil, raddr)
	if err != nil {
		return failed("dial", c.Network, address, err)
	}
	defer conn.Close()

	// A read waits in the kernel's queue and knows no context. Closing the
	// socket is what ends it.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	m, err := await(ctx, func() (*message, error) { return readMessage(reader) })
	if err != nil {
		return failed("write", c.Network, raddr.String(), err)
	}
	n, err := io.Copy(conn, m)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "packet-written: bytes=%d to=%s\n", n, raddr)

	deadline := time.Now().Add(c.Timeout)
	if err := conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	// One byte more than Buffer tells a datagram that fits from one that was
	// cut off: the kernel drops the rest in silence. ReadFrom, as in the article;
	// Read would do, since the socket is connected.
	buffer := make([]byte, c.Buffer+1)
	nRead, addr, err := conn.ReadFrom(buffer)
	if err != nil {
		return err
	}
	if nRead > c.Buffer {
		err := fmt.Errorf("%w to the buffer of %d bytes", ErrTruncated, c.Buffer)
		return &net.OpError{Op: "read", Net: c.Network, Source: conn.LocalAddr(), Addr: addr, Err: err}
	}
	fmt.Fprintf(c.Out, "packet-received: bytes=%d from=%s\n", nRead, addr)

	_, err = c.Echo.Write(buffer[:nRead])
	return err
}

// udp is the article's server: one socket for all clients.
func (s Server) udp(ctx context.Context, address string) error {
	// Given a context, ListenPacket is net.ListenPacket that can be cancelled
	// while it looks a name up.
	var config net.ListenConfig
	pc, err := config.ListenPacket(ctx, s.Network, address)
	if err != nil {
		return failed("listen", s.Network, address, err)
	}
	defer pc.Close()

	stop := context.AfterFunc(ctx, func() { s.end(pc, pc.SetReadDeadline) })
	defer stop()
	s.ready(pc.LocalAddr())
	s.answerAll(ctx, pc)
	return nil
}

// answerAll answers datagrams until ctx is done.
func (s Server) answerAll(ctx context.Context, pc net.PacketConn) {
	buffer := make([]byte, s.Buffer+1)
	failures, draining := 0, false
	for {
		if draining {
			pc.SetReadDeadline(time.Now().Add(s.Drain))
		}
		// ReadFrom, as in the article: it is recvfrom(2), which tells whom to
		// answer. On a connected socket Read would do.
		n, addr, err := pc.ReadFrom(buffer)
		if err != nil && ctx.Err() != nil {
			if draining || s.Drain == 0 {
				return
			}
			draining = true
			continue
		}
		if err != nil {
			fmt.Fprintf(s.Out, "packet-failed: %s\n", err)
			failures++
			pause(ctx, failures)
			continue
		}
		failures = 0

		if err := s.answer(pc, addr, buffer[:n]); err != nil {
			fmt.Fprintf(s.Out, "packet-failed: %s\n", err)
		}
	}
}

// answer sends one datagram back to where it came from, unless it must not. An
// error concerns that one peer only: an ICMP unreachable from an earlier
// answer, a datagram larger than the route allows, a firewall's refusal.
func (s Server) answer(pc net.PacketConn, addr net.Addr, data []byte) error {
	if len(data) > s.Buffer {
		fmt.Fprintf(s.Out, "packet-truncated: buffer=%d from=%s\n", s.Buffer, addr)
		return nil
	}
	if reason := refusal(addr, pc.LocalAddr()); reason != "" {
		fmt.Fprintf(s.Out, "packet-refused: bytes=%d from=%s reason=%s\n", len(data), addr, reason)
		return nil
	}
	fmt.Fprintf(s.Out, "packet-received: bytes=%d from=%s\n", len(data), addr)

	deadline := time.Now().Add(s.Timeout)
	if err := pc.SetWriteDeadline(deadline); err != nil {
		return err
	}
	n, err := pc.WriteTo(data, addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "packet-written: bytes=%d to=%s\n", n, addr)
	return nil
}
