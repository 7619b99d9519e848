package peer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

const pings = 100

// pinger sends one datagram after another, each when the one before has come back. If one
// does not, it waits until it is told to end: what the server did with it is for the trace
// to tell.
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
		if _, err := conn.Read(buf); err != nil {
			return unlessGone(err)
		}
	}
	return nil
}

// unlessGone forgives what a server that is not there any more makes of a client.
func unlessGone(err error) error {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	return err
}
