package echo

import (
	"net"
	"strings"
)

// loopback gives address a host when it has none. Package net takes ":1337" as
// every address of the machine; here it is this machine only, so that nobody
// offers an echo service to the world without having said so.
func loopback(network, address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host != "" {
		return address
	}
	if strings.HasSuffix(network, "6") {
		return net.JoinHostPort("::1", port)
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// family makes 0.0.0.0 mean every IPv4 address, as it says. Package net takes it
// for every address of the machine, IPv6 too, and opens an IPv6 socket.
func family(network, address string) string {
	host, _, err := net.SplitHostPort(address)
	if err == nil && host == "0.0.0.0" && (network == "udp" || network == "tcp") {
		return network + "4"
	}
	return network
}

// target is an address as it was given, before anything is known of it.
type target struct{ network, address string }

func (t target) Network() string { return t.network }
func (t target) String() string  { return t.address }

// failed makes an error of package net say op, network and address. Some lack
// one or the other: that of a lookup, for one, knows only the name.
func failed(op, network, address string, err error) error {
	known, ok := err.(*net.OpError)
	if !ok {
		return &net.OpError{Op: op, Net: network, Addr: target{network, address}, Err: err}
	}
	if known.Addr != nil {
		return err
	}
	named := *known
	named.Addr = target{network, address}
	return &named
}
