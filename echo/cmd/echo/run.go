package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"

	"dialpath/echo"
)

// Exit statuses.
const (
	done   = 0
	failed = 1
	misuse = 2
)

// run runs one of the two verbs and returns the exit status.
func (c command) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		return c.wrong("", "say server or client")
	}
	switch args[0] {
	case "server", "client":
		return c.verb(ctx, args[0], args[1:])
	case "-h", "-help", "--help", "help":
		fmt.Fprint(c.stdout, usage)
		return done
	}
	return c.wrong("", fmt.Sprintf("no verb %q: say server or client", args[0]))
}

// verb parses the rest of the line and runs the verb.
func (c command) verb(ctx context.Context, name string, args []string) int {
	o, err := parse(name, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(c.stdout, o.help())
		return done
	case err != nil:
		return c.wrong(name, err.Error())
	}

	if name == "server" {
		server := echo.Server{Network: o.network, Timeout: o.timeout, Buffer: o.buffer, Out: c.stdout}
		server.Ready = func(on net.Addr) {
			fmt.Fprintf(c.stderr, "echo: listening on %s %s\n", on.Network(), on)
		}
		return c.end(server.Run(ctx, o.address))
	}
	client := echo.Client{Network: o.network, Timeout: o.timeout, Buffer: o.buffer, Out: c.stdout}
	if o.print {
		client.Out, client.Echo = c.stderr, c.stdout
	}
	return c.end(client.Run(ctx, o.address, c.stdin))
}

// end turns the end of a run into an exit status, with a line on stderr if it
// was a failure. To be interrupted is none.
func (c command) end(err error) int {
	if err == nil || errors.Is(err, context.Canceled) {
		return done
	}
	fmt.Fprintf(c.stderr, "echo: %s%s\n", err, hint(err))
	if isMisuse(err) {
		return misuse
	}
	return failed
}

// wrong says in one line what is wrong with the command line.
func (c command) wrong(verb, what string) int {
	help := "echo -h"
	if verb != "" {
		help = "echo " + verb + " -h"
	}
	fmt.Fprintf(c.stderr, "echo: %s (see %s)\n", what, help)
	return misuse
}
