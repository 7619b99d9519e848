package peer

import (
	"context"
	"net"
	"time"
)

// question is what the asker sends.
const question = "who are you?"

// asked is how long the asker waits for an answer.
const asked = 2 * time.Second

// ask sends one datagram to the server and waits for the answer. Its socket is connected:
// it takes an answer only from where it has sent to. That none came is for the trace to
// tell.
func ask(ctx context.Context, addr string, _ func()) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "udp4", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(asked)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte(question)); err != nil {
		return err
	}
	conn.Read(make([]byte, 1<<16))
	return nil
}
