package peer

import (
	"context"
	"net"

	"golang.org/x/sync/errgroup"

	"dialpath/echo"
)

// echoBoth gives back what comes, over UDP and over TCP, on the same port.
func echoBoth(ctx context.Context, addr string, ready func()) error {
	listening := make(chan struct{}, 2)
	group, ctx := errgroup.WithContext(ctx)
	for _, network := range []string{"udp4", "tcp4"} {
		server := echo.Server{Network: network, Ready: func(net.Addr) { listening <- struct{}{} }}
		group.Go(func() error { return server.Run(ctx, addr) })
	}
	group.Go(func() error {
		for range 2 {
			select {
			case <-listening:
			case <-ctx.Done():
				return nil
			}
		}
		ready()
		return nil
	})
	return group.Wait()
}
