package workload

import (
	"context"
	"net"
)

// dialTCP opens a TCP connection and closes it again.
func dialTCP(_ context.Context, addr string) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// dialUDP is dialTCP with one word changed.
func dialUDP(_ context.Context, addr string) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// dialUDPConn resolves by itself, and gets a UDPConn instead of a Conn.
func dialUDPConn(_ context.Context, addr string) error {
	raddr, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return err
	}
	conn, err := net.DialUDP("udp", nil, raddr)
	if err != nil {
		return err
	}
	return conn.Close()
}
