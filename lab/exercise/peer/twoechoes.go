package peer

import (
	"context"
	"net"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// twoEchoes gives back what comes over UDP, at the port and at the one after it.
func twoEchoes(ctx context.Context, addr string, ready func()) error {
	second, err := nextPort(addr)
	if err != nil {
		return err
	}
	var conns []*net.UDPConn
	for _, at := range []string{addr, second} {
		conn, err := listenUDP(ctx, at)
		if err != nil {
			return err
		}
		conns = append(conns, conn)
	}
	ready()
	var group errgroup.Group
	for _, conn := range conns {
		group.Go(func() error {
			return serveUDP(conn, func(from net.Addr, data []byte) error {
				_, err := conn.WriteTo(data, from)
				return err
			})
		})
	}
	return group.Wait()
}

// nextPort returns the address with the port after its own.
func nextPort(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(host, strconv.Itoa(n+1)), nil
}
