package peer

import (
	"context"
	"net"
)

// silent takes what comes, writes it down, and never answers. It has room for all that a
// program can send while this one does not run.
func silent(ctx context.Context, addr string, ready func()) error {
	conn, err := listenUDP(ctx, addr)
	if err != nil {
		return err
	}
	if err := makeRoom(conn); err != nil {
		return err
	}
	ready()
	return serveUDP(conn, func(_ net.Addr, data []byte) error {
		received(ctx, data)
		return nil
	})
}
