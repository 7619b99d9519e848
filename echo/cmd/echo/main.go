// Command echo is the article's client and server, over UDP or TCP. The server
// sends back what it is sent; the client sends its standard input and waits for
// the echo. It ends with status 0 when done or interrupted, 1 when it failed,
// 2 when it was called wrongly.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(start())
}

// start runs the command with the world as it is.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program as if nothing caught it.
	defer context.AfterFunc(ctx, stop)()

	c := command{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	return c.run(ctx, os.Args[1:])
}

// command is what the program takes from the world.
type command struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}
