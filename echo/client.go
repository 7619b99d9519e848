package echo

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"
)

// Client sends a message and waits for its echo. The zero value is a UDP
// client that prints nothing.
type Client struct {
	// Network is one of [Networks]; empty is "udp".
	Network string
	// Timeout is how long one write, or the wait for the echo, may take; 0 is
	// [DefaultTimeout].
	Timeout time.Duration
	// Buffer is the size in bytes of the buffer that the echo is read into, 1
	// to [MaxDatagram]; 0 is MaxDatagram. Over TCP it has no effect.
	Buffer int
	// Out takes the lines; nil drops them.
	Out io.Writer
	// Echo takes the payload of the echo; nil drops it.
	Echo io.Writer
}

// Run sends what reader gives to address, "host:port", and returns when the
// echo is there. Over UDP the message is one datagram, [ErrTooLong] above
// [MaxDatagram] bytes; over TCP it is all that reader gives until its end.
//
// When ctx is done, Run breaks off, prints "cancelled" and returns the error
// of ctx. No goroutine outlives Run but one in a Read of reader, or in the
// lookup of a name, which end when those calls end. Errors say op, network and
// address as those of package net do.
func (c Client) Run(ctx context.Context, address string, reader io.Reader) error {
	out := newLines(c.Out)
	c.Out = out
	c.Network = cmp.Or(c.Network, "udp")
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.Buffer = cmp.Or(c.Buffer, MaxDatagram)
	if c.Echo == nil {
		c.Echo = io.Discard
	}
	if err := check(c.Network, c.Timeout, c.Buffer); err != nil {
		return failed("dial", c.Network, address, err)
	}

	exchange := c.tcp
	if isUDP(c.Network) {
		exchange = c.udp
	}
	err := exchange(ctx, loopback(c.Network, address), reader)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(c.Out, "cancelled")
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	return out.failure()
}
