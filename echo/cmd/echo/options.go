package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"dialpath/echo"
)

const usage = `Echo sends a message to a server that sends it back, over UDP or TCP.

    echo server [flags] ADDR    answer on ADDR until interrupted
    echo client [flags] ADDR    send standard input to ADDR, wait for its echo

ADDR is host:port; without a host it is this machine only. In one terminal, and
then in another:

    echo server :1337
    printf hello | echo client :1337

The flags of a verb: echo server -h, echo client -h.
`

// options is what a command line says.
type options struct {
	flags   *flag.FlagSet
	network string
	timeout time.Duration
	buffer  int
	print   bool
	address string
}

// newOptions returns the options of a verb with their defaults.
func newOptions(verb string) *options {
	o := &options{flags: flag.NewFlagSet(verb, flag.ContinueOnError)}
	o.flags.SetOutput(io.Discard) // errors are printed once, by run
	o.flags.StringVar(&o.network, "network", "udp", "the `network`: "+strings.Join(echo.Networks(), ", "))
	o.flags.DurationVar(&o.timeout, "timeout", echo.DefaultTimeout, "how long one read or write may take")
	o.flags.IntVar(&o.buffer, "buffer", echo.MaxDatagram, "the size of the read buffer, in `bytes`")
	if verb == "client" {
		o.flags.BoolVar(&o.print, "print", false, "print the echo to standard output, and the lines to standard error")
	}
	return o
}

// parse parses the command line of a verb. Whether a network or an address
// makes sense is for package echo to say; a zero that it would take as its
// default is not what the user meant.
func parse(verb string, args []string) (*options, error) {
	o := newOptions(verb)
	if err := o.flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case o.network == "":
		return o, errors.New("no network: use one of " + strings.Join(echo.Networks(), ", "))
	case o.timeout <= 0:
		return o, fmt.Errorf("timeout %s is out of range: use more than 0s", o.timeout)
	case o.buffer < 1 || o.buffer > echo.MaxDatagram:
		return o, fmt.Errorf("buffer %d is out of range: use 1 to %d", o.buffer, echo.MaxDatagram)
	}
	switch o.flags.NArg() {
	case 0:
		return o, errors.New("no address: give one, as in 127.0.0.1:1337")
	case 1:
		o.address = o.flags.Arg(0)
		return o, nil
	}
	if strings.HasPrefix(o.flags.Arg(1), "-") {
		return o, fmt.Errorf("%s comes after the address: write flags before it", o.flags.Arg(1))
	}
	return o, fmt.Errorf("more than one address: %s", strings.Join(o.flags.Args(), " "))
}

// help is the usage of the verb, with an example.
func (o *options) help() string {
	var b bytes.Buffer
	if o.flags.Name() == "server" {
		fmt.Fprint(&b, "Server answers every client on ADDR until it is interrupted; then it prints\n",
			"\"cancelled\" and ends.\n\n",
			"    echo server :1337\n    echo server --network tcp --timeout 5s 0.0.0.0:1337\n\n")
	} else {
		fmt.Fprint(&b, "Client sends standard input to ADDR and waits for its echo.\n\n",
			"    printf hello | echo client :1337\n    echo client --network tcp --print :1337 <message >echo\n\n")
	}
	o.flags.VisitAll(func(f *flag.Flag) {
		value, what := flag.UnquoteUsage(f)
		fmt.Fprintf(&b, "  --%-20s %s (default %s)\n", f.Name+" "+value, what, f.DefValue)
	})
	return b.String()
}
