package peer

import (
	"bytes"
	"context"
	"net"
)

// longAnswer answers each datagram with more than the one who asks may have room for.
func longAnswer(ctx context.Context, addr string, ready func()) error {
	conn, err := listenUDP(ctx, addr)
	if err != nil {
		return err
	}
	ready()
	answer := bytes.Repeat([]byte("a long answer to a short question. "), 30)[:1000]
	return serveUDP(conn, func(from net.Addr, _ []byte) error {
		_, err := conn.WriteTo(answer, from)
		return err
	})
}
