package echo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// tcp is the client over a stream: dial, write all, say that it was all, and
// read meanwhile. Reading must not wait for the writing to end: a long message
// would fill the buffers on its way, and both ends would wait for each other.
func (c Client) tcp(ctx context.Context, address string, reader io.Reader) error {
	// connect(2) on a stream socket does what UDP's does not: it sends a SYN
	// and waits for the answer.
	dialer := net.Dialer{Timeout: c.Timeout}
	dialed, err := dialer.DialContext(ctx, c.Network, address)
	if err != nil {
		return failed("dial", c.Network, address, err)
	}
	conn := &stream{conn: dialed.(*net.TCPConn), timeout: c.Timeout}
	defer conn.Close()

	// Closing is what ends a blocked read, be it that ctx is done or that the
	// sending has failed: abort says which.
	ctx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	var written int64
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		var err error
		written, err = conn.send(reader)
		if err != nil {
			abort(err)
		}
	}()

	nRead, err := io.Copy(c.Echo, conn)
	if err == nil && !conn.allSent.Load() {
		err = conn.failed("read", fmt.Errorf("peer closed before all was sent: %w", io.ErrUnexpectedEOF))
	}
	if err == nil {
		<-sent
		err = context.Cause(ctx)
	}
	if err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	if nRead != written {
		return conn.failed("read", fmt.Errorf("%d bytes came back of %d: %w", nRead, written, io.ErrUnexpectedEOF))
	}
	fmt.Fprintf(c.Out, "packet-written: bytes=%d to=%s\n", written, dialed.RemoteAddr())
	fmt.Fprintf(c.Out, "packet-received: bytes=%d from=%s\n", nRead, dialed.RemoteAddr())
	return nil
}

// tcp is the server over a stream: accept(2) gives a socket for each client,
// where UDP has one for all.
func (s Server) tcp(ctx context.Context, address string) error {
	var config net.ListenConfig
	// Since Go 1.24 a listener is an MPTCP socket unless told otherwise. What
	// is studied here is TCP.
	config.SetMultipathTCP(false)
	opened, err := config.Listen(ctx, s.Network, address)
	if err != nil {
		return failed("listen", s.Network, address, err)
	}
	listener := opened.(*net.TCPListener)
	defer listener.Close()

	stop := context.AfterFunc(ctx, func() { s.end(listener, listener.SetDeadline) })
	defer stop()
	s.ready(listener.Addr())
	s.acceptAll(ctx, listener)
	return nil
}

// acceptor is what acceptAll needs of a TCPListener.
type acceptor interface {
	Accept() (net.Conn, error)
	SetDeadline(time.Time) error
}

// acceptAll serves every client in a goroutine of its own until ctx is done,
// and returns when the last of them has ended.
func (s Server) acceptAll(ctx context.Context, listener acceptor) {
	var peers sync.WaitGroup
	defer peers.Wait()
	failures, draining := 0, false
	for {
		if draining {
			listener.SetDeadline(time.Now().Add(s.Drain))
		}
		conn, err := listener.Accept()
		if err != nil && ctx.Err() != nil {
			if draining || s.Drain == 0 {
				return
			}
			draining = true
			continue
		}
		if err != nil {
			// A client that gave up while it queued, or no descriptor left:
			// neither is an end for the others.
			fmt.Fprintf(s.Out, "accept-failed: %s\n", err)
			failures++
			pause(ctx, failures)
			continue
		}
		failures = 0
		peers.Go(func() { s.serve(ctx, conn) })
	}
}

// serve echoes one client until it has sent its last byte, then closes. A
// failure ends this client only.
func (s Server) serve(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	if s.Drain == 0 {
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		defer stop()
	}
	err := s.echo(conn)
	cancelled := ctx.Err() != nil && errors.Is(err, net.ErrClosed)
	if err != nil && !cancelled {
		fmt.Fprintf(s.Out, "peer-failed: %s\n", err)
	}
}

// echo writes back what it reads until the client's end of file, the other
// half of CloseWrite. Each read and each write has a deadline: a peer that is
// silent, or does not take its echo, must not be held for ever.
func (s Server) echo(conn net.Conn) error {
	buffer := make([]byte, s.Buffer)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(s.Timeout)); err != nil {
			return err
		}
		n, err := conn.Read(buffer)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "packet-received: bytes=%d from=%s\n", n, conn.RemoteAddr())

		if err := conn.SetWriteDeadline(time.Now().Add(s.Timeout)); err != nil {
			return err
		}
		n, err = conn.Write(buffer[:n])
		if err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "packet-written: bytes=%d to=%s\n", n, conn.RemoteAddr())
	}
}
