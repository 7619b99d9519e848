package peer

import (
	"context"
	"net"
)

// silent takes what comes, and never answers.
func silent(ctx context.Context, addr string, ready func()) error {
	conn, err := listenUDP(ctx, addr)
	if err != nil {
		return err
	}
	ready()
	return serveUDP(conn, func(net.Addr, []byte) error { return nil })
}
