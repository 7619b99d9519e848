// Package stage is whom to run, and where: a workload's two processes, each in a private
// network namespace with a wire between them; a learner's program in its cell; a command; or
// a process that is there already. It knows of no probes but that they want to be told of
// all this before the first line runs: see [Probes].
//
// What the lab starts itself is a child of its own, the same binary once more (see [Main]),
// and is held at a barrier until it is let go. Not a packet of a workload or a trial leaves
// the machine; their processes end and their networks vanish even if the lab is killed.
package stage

import (
	"context"
	"io"

	"dialpath/lab/workload"
)

// A Target is whom to run, or to look at. At most one of Workload, Command, PID and Trial is
// set; without any it is everybody on the machine, and nothing is run.
type Target struct {
	Workload *workload.Workload
	Times    int // how often the workload does its thing; 0 means once
	Command  []string
	PID      int // of a process that is there already, and goes on afterwards
	Trial    *Trial

	// What a command reads and writes. What a workload's client and a trial's program print
	// is in the [Outcome].
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Failed, if not nil, is told how a command failed that ended by itself. That is the
	// command's own affair, and no error of the run.
	Failed func(error)
}

// Everybody tells whether all processes of the machine are meant.
func (t Target) Everybody() bool {
	return t.Workload == nil && t.Command == nil && t.PID == 0 && t.Trial == nil
}

// Check finds the mistakes that can be found before anything is run: a command or a program
// that is not there or not executable, and a number that is no process's. It needs no root.
func (t Target) Check() error {
	switch {
	case t.Command != nil:
		_, err := LookPath(t.Command[0])
		return err
	case t.Trial != nil:
		return t.Trial.check()
	case t.PID != 0:
		p, err := newProcess(t.PID)
		if err != nil {
			return err
		}
		p.Close()
	}
	return nil
}

// Stage makes the target ready. What the lab starts itself waits at the barrier from then
// on, with none of its own lines run. A workload and a trial take root, for the network
// namespaces, and the kernel's module veth.
func (t Target) Stage() (Staged, error) {
	switch {
	case t.Workload != nil:
		return NewPair(*t.Workload, t.Times, nil)
	case t.Command != nil:
		return newCommand(t)
	case t.Trial != nil:
		return newTrial(*t.Trial)
	case t.PID != 0:
		return newProcess(t.PID)
	}
	return everybody{}, nil
}

// A Staged target is ready to run, once: a workload's two processes, a command, a learner's
// program with its peer, a process that was there before, or everybody.
type Staged interface {
	// Admit makes the target known to the probes.
	Admit(Probes) error
	// Run lets it go, and returns when it has ended. A context that is done is a reason
	// to end it early, and no error.
	Run(context.Context) error
	// Outcome tells what came of it, once it has run.
	Outcome() Outcome
	// Close ends what is left.
	Close()
}

// An Outcome is what the lab itself learns from a run. Of a command, a process and everybody
// it is empty.
type Outcome struct {
	Output   string // what the workload's client, or the learner's program, printed
	Ended    string // how the learner's program ended, if not with status 0: "exit status 2"
	TimedOut bool   // it did not end in time, and was killed

	Received [][]byte // what the peer received, if it is one that writes it down
}

// Probes are told whom to see, before it runs.
type Probes interface {
	// Admit has them see a process, and those that it will start.
	Admit(pid int, role Role) error
	// AdmitNamespace has them see the packets in a network namespace, which is known by
	// its inode number.
	AdmitNamespace(inode uint32, role Role) error
}

// A Role is whose work a process does.
type Role string

// The roles: the two ends of a workload or a trial; and a process that was picked by number,
// or started to be looked at.
const (
	Client Role = "client"
	Server Role = "server"
	Tracee Role = "tracee"
)

// everybody is the target of all processes.
type everybody struct{}

func (everybody) Admit(Probes) error { return nil }
func (everybody) Outcome() Outcome   { return Outcome{} }
func (everybody) Close()             {}
func (everybody) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
