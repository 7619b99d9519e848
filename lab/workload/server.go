package workload

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"dialpath/echo"
)

// drain is how long nothing new must have come before a server whose context
// is done believes that all has come. What a client on this machine has sent is
// in the server's queue already; the lab's own runner sees to that, too.
const drain = 50 * time.Millisecond

// Server is the other end of the workload: an echo server on addr that prints
// nothing, or, for those that resolve a name, a DNS server. It calls ready, which may
// be nil, once it listens, and runs until ctx is done. Then it answers what has come so
// far, lets open connections end, as they do when their client has closed, and returns
// nil.
//
// It listens on IPv4 alone, so that the kernel goes the plain IPv4 way: "udp"
// without the 4 can mean an IPv6 socket that takes IPv4 as well.
func (w Workload) Server(ctx context.Context, addr string, ready func()) error {
	if ready == nil {
		ready = func() {}
	}
	serve := w.server
	if serve == nil {
		serve = w.echo
	}
	err := serve(ctx, addr, ready)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("workload %s: %w", w.Name, err)
	}
	return nil
}

func (w Workload) echo(ctx context.Context, addr string, ready func()) error {
	server := echo.Server{Network: w.Network + "4", Drain: drain, Ready: func(net.Addr) { ready() }}
	return server.Run(ctx, addr)
}
