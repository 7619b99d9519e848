package workload

import (
	"context"
	"strings"

	"dialpath/echo"
)

// echoUDP runs the article's client: one datagram there, one back.
func echoUDP(ctx context.Context, addr string) error {
	client := echo.Client{Network: "udp"}
	return client.Run(ctx, addr, strings.NewReader("HELLO!!"))
}

// echoTCP is the same exchange over a connection.
func echoTCP(ctx context.Context, addr string) error {
	client := echo.Client{Network: "tcp"}
	return client.Run(ctx, addr, strings.NewReader("HELLO!!"))
}
