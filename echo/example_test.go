package echo_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	"dialpath/echo"
)

// A server on a free port of this machine, and a client of it.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	listening := make(chan net.Addr, 1)
	ended := make(chan error, 1)
	server := echo.Server{Ready: func(addr net.Addr) { listening <- addr }}
	go func() { ended <- server.Run(ctx, ":0") }()

	client := echo.Client{Echo: os.Stdout}
	address := <-listening
	if err := client.Run(ctx, address.String(), strings.NewReader("HELLO!!\n")); err != nil {
		fmt.Println(err)
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// HELLO!!
	// context canceled
}
