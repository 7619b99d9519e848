package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"dialpath/lab/workload"
)

// The addresses of the article's drawing, and its server's port.
const (
	clientAddress = "10.0.0.1"
	serverAddress = "10.0.0.2"
	serverPort    = "1337"
)

// A Pair is a workload's client and its server, each a process in a network namespace of
// its own. Both wait at the barrier.
type Pair struct {
	network        *network
	client, server *held
	printed        bytes.Buffer
}

// NewPair starts both. The client is to do its thing so many times, 0 means once; what it
// prints goes to stdout, or, if that is nil, into the [Outcome]. It takes root.
func NewPair(w workload.Workload, times int, stdout io.Writer) (_ *Pair, err error) {
	p := new(Pair)
	if stdout == nil {
		stdout = &p.printed
	}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	if p.network, err = newNetwork(); err != nil {
		return nil, fmt.Errorf("make a private network: %w", err)
	}
	args := []string{w.Name, serverAddress + ":" + serverPort, strconv.Itoa(max(times, 1))}
	err = p.network.server.do(func() error {
		p.server, err = hold(nil, append([]string{"server"}, args...)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = p.network.client.do(func() error {
		p.client, err = hold(func(cmd *exec.Cmd) { cmd.Stdout = stdout }, append([]string{"client"}, args...)...)
		return err
	})
	return p, err
}

// Client returns the client's process number.
func (p *Pair) Client() int { return p.client.cmd.Process.Pid }

// Server returns the server's process number.
func (p *Pair) Server() int { return p.server.cmd.Process.Pid }

// Address returns where the server is, or will be: host and port.
func (p *Pair) Address() string { return serverAddress + ":" + serverPort }

// Admit makes both processes, and both ends of the wire, known to the probes.
func (p *Pair) Admit(to Probes) error {
	for process, role := range map[*held]Role{p.client: Client, p.server: Server} {
		if err := to.Admit(process.cmd.Process.Pid, role); err != nil {
			return fmt.Errorf("trace the %s: %w", role, err)
		}
	}
	return p.network.admit(to)
}

// Run lets the server go, then the client, and ends the server when the client has ended
// and it is done with all that came: it sees its connections closed, and closes them too.
// When the context is done, the client is ended first: as long as it dials, a server has no
// end.
func (p *Pair) Run(ctx context.Context) error {
	if err := p.Release(); err != nil {
		return err
	}
	err := p.client.wait(ctx)
	switch {
	case ctx.Err() != nil:
		p.client.end() // how they take it is no news
		p.server.end()
		return nil
	case err != nil:
		return fmt.Errorf("client: %w", err)
	}
	p.network.settle(ctx, p.server)
	if err := p.server.end(); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// Release lets the server go, and the client once the server listens.
func (p *Pair) Release() error {
	if err := p.server.release(); err != nil {
		return err
	}
	if err := p.server.hear(); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return p.client.release()
}

// Kill ends the client at once, wherever it is held.
func (p *Pair) Kill() error {
	if err := p.client.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the client: %w", err)
	}
	return nil
}

// Outcome is what the client has printed.
func (p *Pair) Outcome() Outcome { return Outcome{Output: p.printed.String()} }

// Close ends both processes.
func (p *Pair) Close() {
	for _, h := range []*held{p.client, p.server} {
		if h != nil {
			h.end()
		}
	}
	if p.network != nil {
		p.network.close()
	}
}
