package workload

import (
	"context"
	"net"
)

// resolveLiteral resolves an address that needs no looking up: it is only parsed.
func resolveLiteral(_ context.Context, addr string) error {
	_, err := net.ResolveUDPAddr("udp", addr)
	return err
}

// resolveUDP resolves a name, as the article's client does.
func resolveUDP(_ context.Context, addr string) error {
	net.DefaultResolver = resolver(addr)
	_, err := net.ResolveUDPAddr("udp", ServerName+":1337")
	return err
}

// resolveTCP is resolveUDP for TCP.
func resolveTCP(_ context.Context, addr string) error {
	net.DefaultResolver = resolver(addr)
	_, err := net.ResolveTCPAddr("tcp", ServerName+":1337")
	return err
}

// resolver is Go's own resolver, but for whom it asks: the DNS server at addr, instead of
// those in /etc/resolv.conf. So nobody's DNS is asked and no file of the machine is
// changed, and yet the same goroutines run.
func resolver(addr string) *net.Resolver {
	return &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "udp", addr)
		},
	}
}
