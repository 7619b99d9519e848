package run

import (
	"context"
	"errors"
	"net"

	"dialpath/lab/workload"
)

// Alone runs both ends of a workload in this process, and looks at nothing.
func Alone(ctx context.Context, w workload.Workload, times int) error {
	address, err := freeAddress(w.Network)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	listening, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- w.Server(serving, address, func() { close(listening) }) }()
	select {
	case err := <-ended:
		return err
	case <-listening:
	}
	err = w.Client(ctx, address, times)
	stop()
	return errors.Join(err, <-ended)
}

// freeAddress returns an address on the loopback device with a port that is free now.
func freeAddress(network string) (string, error) {
	if network == "udp" {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		defer conn.Close()
		return conn.LocalAddr().String(), nil
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
