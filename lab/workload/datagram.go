package workload

import (
	"context"
	"fmt"
	"net"
	"time"
)

// listenUDP never dials: every WriteTo names its destination anew. It asks for
// "udp4", since "udp" would open an IPv6 socket that takes IPv4 as well.
func listenUDP(ctx context.Context, addr string, times int) error {
	raddr, err := net.ResolveUDPAddr("udp4", addr)
	if err != nil {
		return err
	}
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	for range times {
		_, err := conn.WriteTo([]byte("something"), raddr)
		if err != nil {
			return err
		}
	}
	return nil
}

// writeUDP dials once and writes. Nobody reads the answers.
func writeUDP(ctx context.Context, addr string, times int) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	for range times {
		_, err := fmt.Fprintf(conn, "something")
		if err != nil {
			return err
		}
	}
	return nil
}

// readUDP dials once, writes, and reads each answer. Without the deadline it
// would wait for ever for an answer that got lost.
func readUDP(ctx context.Context, addr string, times int) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	buf := make([]byte, 1024)
	for range times {
		_, err := fmt.Fprintf(conn, "something")
		if err != nil {
			return err
		}
		conn.SetReadDeadline(time.Now().Add(15 * time.Second))
		_, err = conn.Read(buf)
		if err != nil {
			return err
		}
	}
	return nil
}
