package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"dialpath/lab/exercise/peer"
	"dialpath/lab/stage/cell"
	"dialpath/lab/workload"
)

// childName is the zeroth argument by which the lab knows itself for a child of
// its own: one that runs a workload, or is about to become a command.
const childName = "dialpath-child"

// Descriptors that a child is born with.
const (
	barrierFD = 3 // a byte to read means go (on), the end means that the lab has gone
	readyFD   = 4 // a byte to write means at the barrier; more: that the server listens, the client pauses, or why a command did not start
)

// Main runs a child's part, and does not return, if this process is such a child.
// Programs that stage anything must call it first thing: a child is their own binary once
// more.
func Main() {
	if len(os.Args) == 0 || os.Args[0] != childName {
		return
	}
	if err := child(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(part string, args []string) error {
	barrier := os.NewFile(barrierFD, "barrier")
	syscall.CloseOnExec(barrierFD)
	syscall.CloseOnExec(readyFD)
	switch part {
	case "command":
		return becomeCommand(barrier, args)
	case "program":
		return becomeProgram(barrier, args[0], args[1], args[2])
	case "peer":
		return bePeer(barrier, args[0], args[1])
	}
	w, err := workload.Lookup(args[0])
	if err != nil {
		return err
	}
	times, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	ctx, ready, _, err := begin(barrier, w.Name)
	if err != nil {
		return err
	}
	if part == "client" {
		return w.Client(ctx, args[1], times)
	}
	return w.Server(ctx, args[1], func() { ready.Write([]byte{'r'}) })
}

// begin readies a child that is to run a part of the lab's own, called name, and waits at
// the barrier. The context is done when the lab wants it to end, or has gone. Of each further
// byte that comes through the barrier goOn tells.
func begin(barrier *os.File, name string) (ctx context.Context, ready *os.File, goOn <-chan struct{}, err error) {
	rename(name)
	// The terminal's Ctrl-C reaches all its processes; only the lab acts on it.
	signal.Ignore(os.Interrupt)
	ready = os.NewFile(readyFD, "ready")
	if err := pass(barrier, ready); err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	let := make(chan struct{}, 1)
	go func() {
		for {
			if _, err := barrier.Read(make([]byte, 1)); err != nil {
				break
			}
			let <- struct{}{}
		}
		cancel()
		time.Sleep(orphaned)
		os.Exit(1)
	}()
	return ctx, ready, let, nil
}

// orphaned is how long a child may take to end when the lab has gone: if that was killed, it
// cannot see to it. If it was not, it does, by [grace].
const orphaned = 5 * time.Minute

// bePeer is the other end of an exercise. A server tells the lab when it listens. A client
// tells it when it pauses, and then waits to be told to go on.
func bePeer(barrier *os.File, name, address string) error {
	p, err := peer.Lookup(name)
	if err != nil {
		return err
	}
	ctx, ready, goOn, err := begin(barrier, name)
	if err != nil {
		return err
	}
	return p.Run(peer.Testifying(ctx, os.Stdout), address, func() {
		ready.Write([]byte{'r'})
		if p.Asks {
			select {
			case <-goOn:
			case <-ctx.Done():
			}
		}
	})
}

// pass says that the child has come to the barrier, and waits there. Both are plain
// blocking descriptors, so that nothing of Go's network poller is set up before the
// workload's own first line.
func pass(barrier, ready *os.File) error {
	if _, err := ready.Write([]byte{'w'}); err != nil {
		return fmt.Errorf("tell the lab: %w", err)
	}
	if _, err := io.ReadFull(barrier, make([]byte, 1)); err != nil {
		return fmt.Errorf("wait for the lab: %w", err)
	}
	return nil
}

// rename gives this process the workload's name, as ps and traces show it. A
// thread takes its name from the thread that makes it, so those that there are
// already must be renamed too.
func rename(name string) {
	threads, _ := filepath.Glob("/proc/self/task/*/comm")
	for _, thread := range threads {
		// Not os.WriteFile, which would set the poller up. Of little importance, if it fails.
		if fd, err := syscall.Open(thread, syscall.O_WRONLY|syscall.O_CLOEXEC, 0); err == nil {
			syscall.Write(fd, []byte(name))
			syscall.Close(fd)
		}
	}
}

// becomeProgram makes a cell, waits at the barrier, and becomes the learner's program. If
// the kernel does not run it, the lab is told why.
func becomeProgram(barrier *os.File, program, address, user string) error {
	uid, err := strconv.Atoi(user)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	if err := cell.Make(program, uid); err != nil {
		return err
	}
	ready := os.NewFile(readyFD, "ready")
	if err := pass(barrier, ready); err != nil {
		return err
	}
	ready.WriteString(cell.Enter(uid, address, barrier).Error())
	os.Exit(1)
	return nil
}

// becomeCommand waits at the barrier and then runs a command in this very process,
// so that the number that the probes know is the command's. If the kernel does not
// run it, the lab is told why.
func becomeCommand(barrier *os.File, command []string) error {
	path, err := LookPath(command[0])
	if err != nil {
		return err
	}
	ready := os.NewFile(readyFD, "ready")
	if err := pass(barrier, ready); err != nil {
		return err
	}
	err = syscall.Exec(path, command, os.Environ())
	if errors.Is(err, syscall.ENOENT) { // the file itself was found just now
		err = errors.New("what it asks to be run by, in its first line or its ELF header, is not there")
	}
	ready.WriteString(err.Error())
	os.Exit(1)
	return nil
}
