// Lab shows on a running kernel what Linux does when Go says Dial, Write and Read.
//
// Each verb has a file of its own here, and no logic: what it does is in the
// packages beside.
package main

import (
	"cmp"
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	become() // returns unless the lab has started this process for itself
	os.Exit(start())
}

// start runs the lab with the world as it is.
func start() int {
	// The first Ctrl-C ends a recording, whose results are then shown. A second one
	// ends the lab at once; the kernel then takes the probes away by itself.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	// If nobody reads on, as in lab … | head, writing fails, and the lab detaches.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	return run(ctx, environment{
		stdin:   os.Stdin,
		stdout:  os.Stdout,
		stderr:  os.Stderr,
		color:   os.Getenv("NO_COLOR") == "" && (os.Getenv(colorEnv) != "" || term.IsTerminal(int(os.Stdout.Fd()))),
		lab:     cmp.Or(os.Getenv(callEnv), os.Args[0]),
		live:    os.Getenv(liveEnv) != "" || term.IsTerminal(int(os.Stderr.Fd())),
		environ: os.Environ(),
	}, os.Args[1:])
}

// What the lab in a guest is told of the world outside.
const (
	callEnv  = "DIALPATH_CALL"  // how it was called, for its hints
	colorEnv = "CLICOLOR_FORCE" // its output goes to a terminal, as other programs are told
	liveEnv  = "DIALPATH_LIVE"  // its news go to a terminal
)
