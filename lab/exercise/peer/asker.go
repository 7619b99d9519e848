package peer

import (
	"context"
	"crypto/rand"
	"net"
	"strings"
)

// question returns what the asker sends: 12 bytes, and each time others at the end, so that
// nobody can know the answer who has not read all of it.
func question() string { return "who is " + strings.ToLower(rand.Text()[:4]) + "?" }

// ask sends one datagram to the server and waits for the answer until it is told to end. Its
// socket is connected: it takes an answer only from where it has sent to. That none came is
// for the trace to tell.
func ask(ctx context.Context, addr string, _ func()) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "udp4", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	context.AfterFunc(ctx, func() { conn.Close() })
	if _, err := conn.Write([]byte(question())); err != nil {
		return err
	}
	conn.Read(make([]byte, 1<<16))
	return nil
}
