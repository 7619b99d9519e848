package peer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

const (
	pings    = 100
	pingWait = time.Second // for an echo
)

// pinger sends one datagram after another, each when the one before has come back. If one
// does not, it gives up: what the server did with it is for the trace to tell.
func pinger(ctx context.Context, addr string, _ func()) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	context.AfterFunc(ctx, func() { conn.Close() })
	buf := make([]byte, 1<<16)
	for i := range pings {
		if _, err := fmt.Fprintf(conn, "ping %d", i+1); err != nil {
			return unlessGone(err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(pingWait)); err != nil {
			return err
		}
		if _, err := conn.Read(buf); err != nil {
			return unlessGone(err)
		}
	}
	return nil
}

// unlessGone forgives what a server that does not answer, or is not there any more, makes
// of a client.
func unlessGone(err error) error {
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}
