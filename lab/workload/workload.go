// Package workload holds the things for Go to do while the kernel is watched:
// each a few lines, written as in the article, with a name. A workload has two
// ends, [Workload.Client] and [Workload.Server], meant for two processes; the
// server of most is an echo server, so that whoever dials finds a listener.
package workload

import (
	"context"
	"fmt"
	"strings"
)

// Workload is a named thing to do. [All] and [Lookup] give them out.
type Workload struct {
	// Name is the name in commands and in traces, as dial-tcp.
	Name string
	// Title says in a few words what the client does.
	Title string
	// Call is the Go call that the workload is about, as net.Dial("tcp").
	Call string
	// Network is what the server listens on: "tcp" or "udp".
	Network string

	client client
	source string // the name of the function that Source shows
	server server // nil for an echo server
}

// server is the other end of a workload; ready is to be called once it listens.
type server func(ctx context.Context, addr string, ready func()) error

// client does the few lines of a workload, that many times over.
type client func(ctx context.Context, addr string, times int) error

// each makes a client of what does its few lines once.
func each(once func(ctx context.Context, addr string) error) client {
	return func(ctx context.Context, addr string, times int) error {
		for range times {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := once(ctx, addr); err != nil {
				return err
			}
		}
		return nil
	}
}

// All returns the workloads, in the order of the article.
func All() []Workload {
	return []Workload{
		{"resolve-literal", "resolve an address that is a literal", `net.ResolveUDPAddr(ip)`, "udp", each(resolveLiteral), "resolveLiteral", nil},
		{"resolve-udp", "resolve a name, for UDP", `net.ResolveUDPAddr(name)`, "udp", each(resolveUDP), "resolveUDP", nameServer},
		{"resolve-tcp", "resolve a name, for TCP", `net.ResolveTCPAddr(name)`, "udp", each(resolveTCP), "resolveTCP", nameServer},
		{"dial-tcp", "dial over TCP and close", `net.Dial("tcp")`, "tcp", each(dialTCP), "dialTCP", nil},
		{"dial-udp", "dial over UDP and close", `net.Dial("udp")`, "udp", each(dialUDP), "dialUDP", nil},
		{"dialudp", "dial a UDPConn and close", `net.DialUDP("udp")`, "udp", each(dialUDPConn), "dialUDPConn", nil},
		{"listenudp", "send datagrams without dialing", `net.ListenUDP("udp4")`, "udp", listenUDP, "listenUDP", nil},
		{"write-udp", "dial over UDP and write", `fmt.Fprintf(conn)`, "udp", writeUDP, "writeUDP", nil},
		{"read-udp", "dial over UDP, write and read", `conn.Read(buf)`, "udp", readUDP, "readUDP", nil},
		{"deadline-udp", "dial over UDP and read with a deadline", `conn.SetReadDeadline(t)`, "udp", each(deadlineUDP), "deadlineUDP", nil},
		{"stranger-udp", "be sent a datagram by a stranger", `conn.Read(stranger)`, "udp", each(strangerUDP), "strangerUDP", nil},
		{"listen-read", "read from a socket without a peer", `(*UDPConn).Read(buf)`, "udp", each(listenRead), "listenRead", nil},
		{"nobody-udp", "write to where nobody listens", `fmt.Fprintf(nobody)`, "udp", each(nobodyUDP), "nobodyUDP", nobody},
		{"echo-udp", "the article's echo, over UDP", `echo.Client("udp")`, "udp", each(echoUDP), "echoUDP", nil},
		{"echo-tcp", "the same echo, over TCP", `echo.Client("tcp")`, "tcp", each(echoTCP), "echoTCP", nil},
	}
}

// Lookup returns the workload with that name. The error lists the names.
func Lookup(name string) (Workload, error) {
	var names []string
	for _, w := range All() {
		if w.Name == name {
			return w, nil
		}
		names = append(names, w.Name)
	}
	return Workload{}, fmt.Errorf("unknown workload %q: use one of %s", name, strings.Join(names, ", "))
}

// Function returns the full name of the client's function, as debuggers know it.
func (w Workload) Function() string { return "dialpath/lab/workload." + w.source }

// Client runs the workload, times times over, towards the server at addr,
// "host:port". A workload about dialing, and an echo, begins anew each time; the
// others open one socket and then send, or send and read, that often.
//
// When ctx is done, Client returns its error, after the dial that it is in: a
// net.Dial takes no context.
func (w Workload) Client(ctx context.Context, addr string, times int) error {
	err := w.client(ctx, addr, times)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("workload %s: %w", w.Name, err)
	}
	return nil
}
