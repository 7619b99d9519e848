package stage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"dialpath/lab/exercise/peer"
	"dialpath/lab/proc"
	"dialpath/lab/stage/cell"
)

// A Trial is a learner's program that is run for an exercise: in a [cell] of its own, with a
// peer at the other end of the wire.
type Trial struct {
	Exercise string        // name, for the trace
	Program  string        // path of the executable: a static one, for there are no libraries in the cell
	Peer     string        // name of what is at the other end, as [peer.Lookup] knows it
	Serves   bool          // the program is the server, and the peer, if it asks, comes once it listens
	Limit    time.Duration // for the program; 0 means [cell.Time]
}

// Role is the program's.
func (t Trial) Role() Role {
	if t.Serves {
		return Server
	}
	return Client
}

// Server is where the exercise's server listens, whichever end that is.
func (t Trial) Server() netip.AddrPort {
	host := serverAddress
	if kind, err := peer.Lookup(t.Peer); err == nil && kind.Beside {
		host = "127.0.0.1"
	}
	return netip.MustParseAddrPort(host + ":" + serverPort)
}

// trial is the target of a Trial.
type trial struct {
	Trial
	network  *network
	group    *cell.Group
	program  *held
	peer     *held
	peerKind peer.Peer
	printed  printed
	heard    bytes.Buffer // by the peer, which writes it down
	ended    string
	timedOut bool
}

func newTrial(t Trial) (_ *trial, err error) {
	t.Limit = cmp.Or(t.Limit, cell.Time)
	tr := &trial{Trial: t}
	defer func() {
		if err != nil {
			tr.Close()
		}
	}()
	if tr.peerKind, err = peer.Lookup(t.Peer); err != nil {
		return nil, err
	}
	if tr.network, err = newNetwork(); err != nil {
		return nil, fmt.Errorf("make a private network: %w", err)
	}
	tr.group = cell.NewGroup()
	err = tr.programSpace().do(func() error {
		tr.program, err = hold(func(cmd *exec.Cmd) {
			cell.Confine(cmd, tr.group)
			cmd.Stdout, cmd.Stderr = &tr.printed, &tr.printed
		}, "program", t.Program, tr.address(), strconv.Itoa(cell.User(os.Getpid())))
		return err
	})
	if err != nil {
		return nil, err
	}
	err = tr.peerSpace().do(func() error {
		tr.peer, err = hold(func(cmd *exec.Cmd) { cmd.Stdout = &tr.heard }, "peer", t.Peer, t.Server().String())
		return err
	})
	return tr, err
}

func (t *trial) programSpace() *namespace {
	if t.Serves {
		return t.network.server
	}
	return t.network.client
}

func (t *trial) peerSpace() *namespace {
	if t.peerKind.Beside != t.Serves {
		return t.network.client
	}
	return t.network.server
}

// address is what the program is told.
func (t *trial) address() string {
	if t.peerKind.Beside {
		return "localhost:" + serverPort
	}
	return t.Server().String()
}

// peerRole is the one that is not the program's.
func (t *trial) peerRole() Role {
	if t.Serves {
		return Client
	}
	return Server
}

func (t *trial) Admit(to Probes) error {
	if err := to.Admit(t.program.cmd.Process.Pid, t.Role()); err != nil {
		return fmt.Errorf("trace the program: %w", err)
	}
	if err := to.Admit(t.peer.cmd.Process.Pid, t.peerRole()); err != nil {
		return fmt.Errorf("trace its peer: %w", err)
	}
	return t.network.admit(to)
}

// Run lets both ends go, and returns when the program has ended, or was made to.
func (t *trial) Run(ctx context.Context) error {
	if t.Serves {
		return t.serve(ctx)
	}
	if err := t.peer.release(); err != nil {
		return err
	}
	if err := t.peer.hear(); err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	if err := t.start(); err != nil {
		return err
	}
	if err := t.wait(ctx, t.limit()); err != nil {
		return err
	}
	t.network.settle(ctx, t.peer)
	if err := t.peer.end(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("peer: %w", err)
	}
	return nil
}

// serve lets the program listen, has the peer ask, and ends the program when it has had
// time to read all that came. A server need not end by itself.
func (t *trial) serve(ctx context.Context) error {
	if err := t.start(); err != nil {
		return err
	}
	limit := t.limit()
	if !await(ctx, t.program, limit, t.bound) {
		return t.wait(ctx, limit)
	}
	if err := t.peer.release(); err != nil {
		return err
	}
	content, err := t.converse(ctx, limit)
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	if !content {
		return t.wait(ctx, limit)
	}
	await(ctx, t.program, t.allow(toDrain), t.empty)
	await(ctx, t.program, t.allow(toEnd), func() bool { return false })
	if t.program.gone() {
		t.ended = how(t.program.err)
		return nil
	}
	t.program.cmd.Process.Kill()
	<-t.program.done
	return nil
}

// How long a server is given: to say something more, before its peer gives up; when that
// has gone, to take what is in its queue; and then to end by itself.
const (
	toSpeak = 2 * time.Second
	toDrain = time.Second
	toEnd   = 100 * time.Millisecond
)

// converse lets the peer ask until it is content, or has heard nothing for too long. It is
// false if the limit, or the context, came before.
func (t *trial) converse(ctx context.Context, limit *proc.Allowance) (content bool, err error) {
	words := t.peer.words()
	patience, before := t.allow(toSpeak), t.network.traffic()
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case <-t.peer.done:
			return true, t.peer.failure()
		case <-t.program.done: // what it has sent is still to be heard
			t.network.settle(ctx, t.peer)
			return true, t.peer.end()
		case <-words:
			began := time.Now()
			t.rest(ctx)
			limit.Extend(time.Since(began)) // it is the lab that takes this time
			if err := t.peer.release(); err != nil {
				return false, err
			}
		case <-time.After(limit.Wait()):
		case <-time.After(patience.Wait()):
		}
		if limit.Over() || limit.Hopeless() {
			return false, nil
		}
		if !patience.Over() {
			continue
		}
		now := t.network.traffic()
		if now == before {
			return true, t.peer.end()
		}
		patience, before = t.allow(toSpeak), now
	}
}

// toRead is how long a program may run, after a burst, without having read all of it. That
// is a hundred times what it needs: where a machine is emulated, and shared, it may get as
// little done.
const toRead = 50 * time.Millisecond

// toArrive is how long a packet may be on its way. One for an address that nobody has will
// never arrive.
const toArrive = 100 * time.Millisecond

// rest returns when the program has read what its peer has sent; or sleeps, and so could
// have, and did not want to; or is busy with something else.
func (t *trial) rest(ctx context.Context) {
	await(ctx, t.program, t.allow(toArrive), t.network.arrived)
	await(ctx, t.program, proc.Allow(0, toRead, t.program.cmd.Process.Pid), t.empty)
}

// allow begins an allowance for the program and its peer, which it may wait for.
func (t *trial) allow(span time.Duration) *proc.Allowance {
	return proc.Allow(span, span, t.program.cmd.Process.Pid, t.peer.cmd.Process.Pid)
}

// limit begins the one that no program may use up, whatever it starts.
func (t *trial) limit() *proc.Allowance {
	return t.allow(t.Limit).WithFamily()
}

// bound tells whether the program has a socket at the server's port. It looks from outside,
// in /proc, so that no packet has to ask.
func (t *trial) bound() bool { return len(portQueues(t.program.cmd.Process.Pid)) > 0 }

// empty tells whether nothing is left in the queues of the program's sockets.
func (t *trial) empty() bool { return !queuedAt(t.program.cmd.Process.Pid) }

// start lets the program go. It says so if the kernel does not run it.
func (t *trial) start() error {
	if err := t.program.release(); err != nil {
		return err
	}
	return t.program.became(t.Program)
}

// wait returns when the program has ended, or must: then it is killed, and with it all
// that it has started. It fails if the machine has not let it run enough to be judged.
func (t *trial) wait(ctx context.Context, limit *proc.Allowance) error {
	for ctx.Err() == nil && !limit.Over() && !limit.Hopeless() && !t.program.gone() {
		select {
		case <-t.program.done:
		case <-ctx.Done():
		case <-time.After(limit.Wait()):
		}
	}
	if t.program.gone() {
		t.ended = how(t.program.err)
		return nil
	}
	t.program.cmd.Process.Kill()
	<-t.program.done
	switch {
	case ctx.Err() != nil:
		t.ended = "interrupted"
	case limit.Over():
		t.timedOut, t.ended = true, fmt.Sprintf("still running after %v", t.Limit)
	default:
		return errors.New("run the program: in all this time it could hardly run at all, since this machine has so much else to do. " +
			"Try again when it has less")
	}
	return nil
}

// how says how a program ended: nothing if with status 0.
func how(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &exit):
		return exit.ProcessState.String()
	}
	return err.Error()
}

// Outcome is to be asked for once the peer has ended, too.
func (t *trial) Outcome() Outcome {
	return Outcome{
		Output: strings.ToValidUTF8(t.printed.String(), "?"), Ended: t.ended, TimedOut: t.timedOut,
		Received: peer.ReadTestimony(t.heard.Bytes()),
	}
}

func (t *trial) Close() {
	if t.program != nil {
		t.program.cmd.Process.Kill()
		t.program.end()
	}
	if t.peer != nil {
		t.peer.end()
	}
	if t.network != nil {
		t.network.close()
	}
	t.group.Close()
}

// check finds out whether there is such a program.
func (t *Trial) check() error {
	info, err := os.Stat(t.Program)
	if err != nil {
		return fmt.Errorf("run %s: %w", t.Program, errors.Unwrap(err))
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("run %s: it is no program", t.Program)
	}
	return nil
}
