package peer

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// What comes in the flood. A server that reads as it should is never behind by more than
// a few bursts, also on a machine that is slow; one that does not falls behind by most of
// it, far more than a socket keeps.
const (
	bursts       = 40
	burst        = 10 // datagrams
	floodSize    = 1000
	betweenBurst = 5 * time.Millisecond
)

// flood sends many datagrams, burst after burst, and wants no answer.
func flood(ctx context.Context, addr string, _ func()) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	data := make([]byte, floodSize)
	for range bursts {
		for range burst {
			_, err := conn.Write(data)
			if errors.Is(err, syscall.ECONNREFUSED) {
				return nil // the server has gone, which is its own affair
			}
			if err != nil {
				return err
			}
		}
		select {
		case <-time.After(betweenBurst): // however long the burst has taken
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}
