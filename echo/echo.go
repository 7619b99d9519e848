// Package echo holds the programs under study: an echo client and an echo
// server, over UDP and over TCP, made of the standard library alone. The two
// functions named udp follow the article's, with what a program needs to be
// stopped and to be safe; the two named tcp have the same flow over a stream.
// Every line that a [Client] or a [Server] prints tells of one thing that
// happened: a write, a read, or a refusal.
package echo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// MaxDatagram is the most bytes that one UDP datagram carries over IPv4: the
// 65,535 of an IP packet, less 20 for the IP header and 8 for the UDP header.
const MaxDatagram = 65507

// DefaultTimeout is how long one read or one write may take when nothing else
// is said. It is the article's.
const DefaultTimeout = 15 * time.Second

// Networks returns the networks that a Client and a Server know, in the words
// of package net.
func Networks() []string {
	return []string{"udp", "udp4", "udp6", "tcp", "tcp4", "tcp6"}
}

var (
	// ErrTooLong means that a message does not fit into one datagram.
	ErrTooLong = fmt.Errorf("message longer than %d bytes", MaxDatagram)

	// ErrTruncated means that a datagram was larger than the buffer, so that
	// its end is lost.
	ErrTruncated = errors.New("datagram truncated")

	// ErrRange means that a setting is out of its range.
	ErrRange = errors.New("out of range")
)

// check tells whether network, timeout and buffer are ones that echo can use.
func check(network string, timeout time.Duration, buffer int) error {
	switch {
	case !slices.Contains(Networks(), network):
		return net.UnknownNetworkError(network)
	case timeout <= 0:
		return fmt.Errorf("timeout %s: %w: use more than 0s", timeout, ErrRange)
	case buffer < 1 || buffer > MaxDatagram:
		return fmt.Errorf("buffer of %d bytes: %w: use 1 to %d", buffer, ErrRange, MaxDatagram)
	}
	return nil
}

// isUDP tells datagrams from streams.
func isUDP(network string) bool {
	return strings.HasPrefix(network, "udp")
}

// await returns what call returns, or the error of ctx as soon as ctx is done.
// It is for calls that take no context and cannot be broken off: such a call
// then ends by itself, later, and its result is dropped.
func await[T any](ctx context.Context, call func() (T, error)) (value T, err error) {
	done := make(chan struct{})
	var v T
	var e error
	go func() {
		defer close(done)
		v, e = call()
	}()
	select {
	case <-ctx.Done():
		return value, ctx.Err()
	case <-done:
		return v, e
	}
}
