package record

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	"dialpath/lab/workload"
	"dialpath/probes"
)

// The addresses of the article's drawing, and its server's port.
const (
	clientAddress = "10.0.0.1"
	serverAddress = "10.0.0.2"
	serverPort    = "1337"
)

// A pair is a workload's client and its server, each a process in a network
// namespace of its own.
type pair struct {
	network        *network
	client, server *held
}

func newPair(w workload.Workload, times int, stdout io.Writer) (_ *pair, err error) {
	p := new(pair)
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.network, err = newNetwork(); err != nil {
		return nil, fmt.Errorf("make a private network: %w", err)
	}
	args := []string{w.Name, serverAddress + ":" + serverPort, strconv.Itoa(times)}
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

func (p *pair) admit(s *probes.Session) error {
	for process, role := range map[*held]probes.Role{p.client: probes.Client, p.server: probes.Server} {
		if err := s.Admit(process.cmd.Process.Pid, role); err != nil {
			return fmt.Errorf("trace the %s: %w", role, err)
		}
	}
	return p.network.admit(s)
}

// run lets the server go, then the client, and ends the server when the client has
// ended and it is done with all that came: it sees its connections closed, and closes them too. When the context is
// done, the client is ended first: as long as it dials, a server has no end.
func (p *pair) run(ctx context.Context) error {
	if err := p.release(); err != nil {
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

// release lets the server go, and the client once the server listens.
func (p *pair) release() error {
	if err := p.server.release(); err != nil {
		return err
	}
	if err := p.server.hear(); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return p.client.release()
}

func (p *pair) close() {
	for _, h := range []*held{p.client, p.server} {
		if h != nil {
			h.end()
		}
	}
	if p.network != nil {
		p.network.close()
	}
}
