package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"dialpath/echo"
)

// hint says how to mend err, in brackets, for those errors that learners meet.
func hint(err error) string {
	var lookup *net.DNSError
	var unknown net.UnknownNetworkError
	var address *net.AddrError
	switch {
	case errors.As(err, &unknown):
		return bracket("use one of " + strings.Join(echo.Networks(), ", "))
	case errors.As(err, &address):
		return bracket("write host:port, as in 127.0.0.1:1337, with a port up to 65535")
	case errors.As(err, &lookup):
		return bracket("check the name, or write the address as a number")
	case errors.Is(err, echo.ErrTooLong):
		return bracket("send less, or use --network tcp")
	case errors.Is(err, echo.ErrTruncated):
		return bracket("use a larger --buffer")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return bracket("the server ended early: it may say why")
	case isTimeout(err):
		return bracket("nothing came back: does a server run there?")
	case errors.Is(err, syscall.ECONNREFUSED):
		return bracket("nobody listens there: start echo server first, with the same --network")
	case errors.Is(err, syscall.EADDRINUSE):
		return bracket("another program has this port: choose another, or end that one")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return bracket("this machine has no such address: ip addr shows those it has")
	case errors.Is(err, syscall.EACCES) && isListen(err):
		return bracket("ports below 1024 need root: choose a higher one")
	case errors.Is(err, syscall.EPERM):
		return bracket("a firewall of this machine forbids it")
	}
	return ""
}

func isTimeout(err error) bool {
	var timed net.Error
	return errors.As(err, &timed) && timed.Timeout()
}

func isListen(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "listen"
}

func bracket(s string) string { return fmt.Sprintf(" (%s)", s) }

// isMisuse tells an error that the command line alone explains from one that
// has to do with the world.
func isMisuse(err error) bool {
	var unknown net.UnknownNetworkError
	var address *net.AddrError
	return errors.As(err, &unknown) || errors.As(err, &address)
}
