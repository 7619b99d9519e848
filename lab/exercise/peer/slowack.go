package peer

import (
	"context"
	"net"
)

// slowAck is a TCP server that takes its time to acknowledge what it gets, as a kernel does
// which hopes to send the ACK along with an answer. It greets whoever comes with one byte,
// reads, and says no more.
func slowAck(ctx context.Context, addr string, ready func()) error {
	config := net.ListenConfig{Control: fewQuickACKs}
	config.SetMultipathTCP(false) // there a connection is more than one socket
	listener, err := config.Listen(ctx, "tcp4", addr)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { listener.Close() })
	ready()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		context.AfterFunc(ctx, func() { conn.Close() })
		if err := delayACKs(conn.(*net.TCPConn)); err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if _, err := conn.Write([]byte("!")); err == nil {
				listen(ctx, conn)
			}
		}()
	}
}

// listen writes down what comes, to the end. How it ends is the client's affair.
func listen(ctx context.Context, conn net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		received(ctx, buf[:n])
		if err != nil {
			return
		}
	}
}
