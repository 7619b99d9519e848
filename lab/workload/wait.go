package workload

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// deadlineUDP reads what nobody sends. Without the deadline it would wait for ever.
func deadlineUDP(_ context.Context, addr string) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()

	conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	_, err = conn.Read(make([]byte, 1024))
	fmt.Println(err)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("read: %v instead of a timeout", err)
	}
	return nil
}

// listenRead reads with Read from a socket that is not connected, as a server might: it
// gets the data, but is not told from whom. Whom to answer, then?
func listenRead(_ context.Context, addr string) error {
	raddr, err := net.ResolveUDPAddr("udp4", addr)
	if err != nil {
		return err
	}
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return err
	}
	defer conn.Close()

	_, err = conn.WriteTo([]byte("something"), raddr)
	if err != nil {
		return err
	}
	buf := make([]byte, 1024)
	conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	n, err := conn.Read(buf)
	if err != nil {
		return err
	}
	_, err = conn.Write(buf[:n])
	fmt.Println(err)
	if !errors.Is(err, syscall.EDESTADDRREQ) {
		return fmt.Errorf("write: %v instead of a demand for an address", err)
	}
	return nil
}
