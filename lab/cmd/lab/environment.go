package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"dialpath/lab/trace"
	"dialpath/lab/view"
)

// An environment is all of the world that verbs know, so that tests can give them
// another.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	color          bool   // standard output is a terminal that may be coloured
	lab            string // how this lab was called, for hints
	live           bool   // standard error is a terminal: progress may be redrawn
	environ        []string
}

// What the lab in a guest is told of the world outside.
const (
	callEnv  = "DIALPATH_CALL"  // how it was called, for its hints
	colorEnv = "CLICOLOR_FORCE" // its output goes to a terminal, as other programs are told
	liveEnv  = "DIALPATH_LIVE"  // its news go to a terminal
)

// start runs the lab with the world as it is.
func start() int {
	// The first Ctrl-C ends a recording, whose results are then shown. A second one
	// ends the lab at once; the kernel then takes the probes away by itself.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	// If nobody reads on, as in lab … | head, writing fails, and the lab detaches.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	return execute(ctx, environment{
		stdin:   os.Stdin,
		stdout:  os.Stdout,
		stderr:  os.Stderr,
		color:   os.Getenv("NO_COLOR") == "" && (os.Getenv(colorEnv) != "" || term.IsTerminal(int(os.Stdout.Fd()))),
		lab:     cmp.Or(os.Getenv(callEnv), os.Args[0]),
		live:    os.Getenv(liveEnv) != "" || term.IsTerminal(int(os.Stderr.Fd())),
		environ: os.Environ(),
	}, os.Args[1:])
}

func (e environment) style() view.Style { return view.Style{Color: e.color, Lab: e.lab} }

// say writes a line of news to standard error.
func (e environment) say(format string, args ...any) {
	fmt.Fprintf(e.stderr, format+"\n", args...)
}

// sayUnwatched says which functions have no probe, where what is shown does not.
func (e environment) sayUnwatched(failed []trace.Failure) {
	for _, f := range failed {
		e.say("not watched: %s: %s", strings.Join(f.Functions, ", "), f.Reason)
	}
}

// bar is the file on which the progress of a download can be drawn; nil if there is none.
func (e environment) bar() *os.File {
	f, _ := e.stderr.(*os.File)
	return f
}

// onTerminal tells whether standard output is a terminal.
func (e environment) onTerminal() bool {
	f, ok := e.stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
