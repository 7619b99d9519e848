package peer

import (
	"context"
	"net"
)

// What comes back from where the intruder is: first the stranger's, from a port of its
// own, then the server's answer. Their lengths tell them apart.
const (
	intrusion = "I am the one you have asked, am I not?"
	answer    = "this is my answer"
)

// The lengths in bytes.
const (
	StrangerLength = len(intrusion)
	AnswerLength   = len(answer)
)

// intrude is a server that is always forestalled: before it answers, a stranger on its
// machine sends something to whoever has asked.
func intrude(ctx context.Context, addr string, ready func()) error {
	server, err := listenUDP(ctx, addr)
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	stranger, err := listenUDP(ctx, net.JoinHostPort(host, "0"))
	if err != nil {
		return err
	}
	ready()
	return serveUDP(server, func(from net.Addr, _ []byte) error {
		if _, err := stranger.WriteTo([]byte(intrusion), from); err != nil {
			return err
		}
		_, err := server.WriteTo([]byte(answer), from)
		return err
	})
}
