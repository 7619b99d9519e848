package peer

import (
	"context"
	"net"

	"dialpath/echo"
)

// beside gives back what comes over UDP, to the machine's own IPv4 address and no other:
// ::1 is localhost as well, and nobody is there.
func beside(ctx context.Context, addr string, ready func()) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	server := echo.Server{Network: "udp4", Ready: func(net.Addr) { ready() }}
	return server.Run(ctx, net.JoinHostPort("127.0.0.1", port))
}
