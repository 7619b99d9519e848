// Package peer holds the other ends of the exercises: what a learner's program talks to.
// Each is a few lines, runs in a process of its own, and is traced as well.
package peer

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// A Peer is the other end of an exercise.
type Peer struct {
	Name string
	// Asks means that the peer is the client: it runs once the learner's program listens,
	// and ends by itself. Others are servers, and run until the program has ended.
	Asks bool
	// Beside means that it runs on the machine of the learner's program, and is reached as
	// localhost.
	Beside bool

	run func(ctx context.Context, addr string, tell func()) error
}

// All returns the peers.
func All() []Peer {
	return []Peer{
		{Name: "echo", run: echoBoth},
		{Name: "nobody", run: nobody},
		{Name: "two-echoes", run: twoEchoes},
		{Name: "asker", Asks: true, run: ask},
		{Name: "silent", run: silent},
		{Name: "intruder", run: intrude},
		{Name: "beside", Beside: true, run: beside},
		{Name: "long-answer", run: longAnswer},
		{Name: "flood", Asks: true, run: flood},
		{Name: "slow-ack", run: slowAck},
		{Name: "pinger", Asks: true, run: pinger},
	}
}

// Lookup returns the peer of that name.
func Lookup(name string) (Peer, error) {
	for _, p := range All() {
		if p.Name == name {
			return p, nil
		}
	}
	return Peer{}, fmt.Errorf("unknown peer %q", name)
}

// Run runs the peer until ctx is done: a server at addr, which calls tell once it listens,
// or a client of a server at addr, which may end before. A client that sends much calls tell
// now and then; it is to return when the server has had time to read what was sent.
//
// Peers have no deadlines: how long they have to wait depends on the machine, and it is for
// the lab to know what is too long.
func (p Peer) Run(ctx context.Context, addr string, tell func()) error {
	err := p.run(ctx, addr, tell)
	if err != nil && ctx.Err() != nil {
		return nil // it was told to end: whatever broke, broke by that
	}
	if err != nil {
		return fmt.Errorf("peer %s: %w", p.Name, err)
	}
	return nil
}

// nobody is a server that is not there.
func nobody(ctx context.Context, _ string, ready func()) error {
	ready()
	<-ctx.Done()
	return nil
}

// listenUDP opens a socket that is closed when ctx is done.
func listenUDP(ctx context.Context, addr string) (*net.UDPConn, error) {
	conn, err := net.ListenPacket("udp4", addr)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	return conn.(*net.UDPConn), nil
}

// serveUDP hands each datagram to answer until the socket is closed.
func serveUDP(conn *net.UDPConn, answer func(from net.Addr, data []byte) error) error {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if err := answer(from, buf[:n]); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
	}
}
