package workload

import (
	"context"
	"fmt"
	"net"
	"time"
)

// nobodyUDP writes to where nobody listens. That the write succeeds means nothing: it
// says that a datagram has left. What the other machine's kernel says to that, the
// next call on the socket returns as its error; if the answer gets lost, nobody ever
// says anything.
func nobodyUDP(_ context.Context, addr string) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()

	n, err := fmt.Fprintf(conn, "something")
	if err != nil {
		return err
	}
	fmt.Printf("wrote %d bytes\n", n)
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	n, err = conn.Read(make([]byte, 1024))
	if err == nil {
		return fmt.Errorf("read: %d bytes from nobody", n)
	}
	fmt.Println(err)
	return nil
}

// strangerUDP is sent a datagram by a stranger, who knows its address, before the one
// that it waits for. It is connected, so it never gets to see the stranger's.
func strangerUDP(_ context.Context, addr string) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	stranger, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return err
	}
	defer stranger.Close()

	_, err = stranger.WriteTo([]byte("read me instead"), conn.LocalAddr())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(conn, "something")
	if err != nil {
		return err
	}
	buf := make([]byte, 1024)
	conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	n, err := conn.Read(buf)
	if err != nil {
		return err
	}
	fmt.Printf("read %q\n", buf[:n])
	return nil
}

// nobody is a server that is not there.
func nobody(ctx context.Context, _ string, ready func()) error {
	ready()
	<-ctx.Done()
	return nil
}
