package peer

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// What comes in the flood, as fast as a server can read that does nothing but read, and no
// faster: before each burst the lab lets the server read the one before, be the machine as
// slow as it may. One that does something else meanwhile falls behind by most of it, far
// more than a socket keeps.
const (
	bursts       = 40
	burst        = 10 // datagrams
	floodSize    = 1000
	betweenBurst = 5 * time.Millisecond // at least
)

// flood sends many datagrams, burst after burst, and wants no answer.
func flood(ctx context.Context, addr string, pause func()) error {
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
		case <-time.After(betweenBurst):
		case <-ctx.Done():
			return nil
		}
		pause()
	}
	return nil
}
