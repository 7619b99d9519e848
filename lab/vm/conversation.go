package vm

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"dialpath/lab/proc"
)

// conversation is the host's side of one run: what it sends to a guest and hears from it.
type conversation struct {
	kernel  Kernel
	machine *machine
	job     Job
	to      *frameWriter
	files   receiver
	began   time.Time

	hello   chan struct{} // filled when init has reported
	pong    chan struct{} // filled when it has answered a ping
	credits chan struct{} // one for each stdin frame that may be sent
	ended   chan error    // the reader's result: nil when the exit status is there
	quiet   chan struct{} // closed when the reader has returned
	status  int           // the command's, once the reader has returned nil
	up      bool          // the guest has come up

	giveBack func() // the terminal, once it was taken over
}

func newConversation(k Kernel, m *machine, j Job) *conversation {
	s := &conversation{
		kernel: k, machine: m, job: j,
		to:    &frameWriter{w: m.port},
		files: receiver{names: j.Outputs, got: make([]bool, len(j.Outputs))},
		began: time.Now(),

		hello:   make(chan struct{}, 1),
		pong:    make(chan struct{}, 1),
		credits: make(chan struct{}, stdinWindow),
		ended:   make(chan error, 1),
		quiet:   make(chan struct{}),

		giveBack: func() {},
	}
	if j.Terminal != nil {
		s.job.Stdin, s.job.Stdout = j.Terminal, j.Terminal
	}
	for range stdinWindow {
		s.credits <- struct{}{}
	}
	go func() {
		defer close(s.quiet)
		s.ended <- s.read()
	}()
	return s
}

// close ends the machine and waits for the reader: from then on nothing writes
// to the job's outputs.
func (s *conversation) close() {
	s.machine.end()
	<-s.quiet
	s.giveBack()
	s.files.abandon()
}

// grace is how long a command may take to end after the context was cancelled.
// Detaching some hundred single kprobes takes up to half of it.
const grace = 30 * time.Second

// wait sees the guest through: to the exit status, or to a failure. The guest has so
// much patience to come up, which is then called; and its command has a limit.
func (s *conversation) wait(ctx context.Context, patience, limit time.Duration, up func()) error {
	if err := s.waitUp(ctx, patience); err != nil {
		return err
	}
	s.up = true
	up()
	if err := s.attach(); err != nil {
		return err
	}
	return s.waitEnd(ctx, limit)
}

// waitUp returns when the guest has spoken. What QEMU waits for a processor, since the
// machine is busy, is not counted against its patience. Until the guest is up there is
// nothing in it that could be interrupted: a signal ends it.
func (s *conversation) waitUp(ctx context.Context, patience time.Duration) error {
	boot := proc.Allow(patience, patience, s.machine.process.Pid)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case <-s.hello:
			return nil
		case err := <-s.ended:
			if s.spoken() { // and at once ended
				s.ended <- err
				return nil
			}
			return s.judge(err)
		case status := <-s.machine.stopped:
			if s.spoken() { // and was at once stopped
				s.machine.stopped <- status
				return nil
			}
			return s.fail(Stopped, status, nil)
		case <-s.job.Signals:
			return s.fail(Cancelled, "interrupted while it booted", context.Canceled)
		case <-ctx.Done():
			return s.fail(Cancelled, "interrupted while it booted", ctx.Err())
		case <-timer.C:
			switch {
			case s.spoken():
				return nil
			case boot.Over():
				return s.fail(Silent, "", nil)
			case boot.Hopeless():
				return s.fail(Silent, ": this machine has too much else to do", nil)
			}
			timer.Reset(boot.Wait())
		}
	}
}

// spoken tells whether the guest has, without waiting for it.
func (s *conversation) spoken() bool {
	select {
	case <-s.hello:
		return true
	default:
		return false
	}
}

// waitEnd returns when the command has ended, or its limit has come.
func (s *conversation) waitEnd(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	heard, interrupted, cancelled := 0, false, ctx.Done()
	interrupt := func(sig os.Signal) {
		if !interrupted { // one Ctrl-C may come both ways
			interrupted = true
			s.signal(sig)
		}
	}
	for {
		select {
		case err := <-s.ended:
			return s.judge(err)
		case status := <-s.machine.stopped:
			return s.fail(Stopped, status, nil)
		case sig := <-s.job.Signals:
			if heard++; heard == 2 {
				return s.fail(Cancelled, "a second signal", context.Canceled)
			}
			interrupt(sig)
		case <-cancelled:
			cancelled = nil
			interrupt(os.Interrupt)
			timer.Reset(grace)
		case <-timer.C:
			if err := ctx.Err(); err != nil {
				return s.fail(Cancelled, "it took no notice of an interrupt", err)
			}
			return s.overdue(limit)
		}
	}
}

// attach gives the guest what is typed, and the terminal, if the job has one. Until the
// guest is up, they are the lab's: Ctrl-C ends the waiting, and what a guest that comes to
// nothing has not read is there for the next.
func (s *conversation) attach() (err error) {
	if s.job.Stdin == nil {
		return nil
	}
	if s.job.Terminal == nil {
		go s.feed()
		return nil
	}
	if s.giveBack, err = borrow(s.job.Terminal, s.to); err != nil {
		s.giveBack = func() {}
		return err
	}
	go s.feed()
	return nil
}

// signal passes a signal on. Before the command runs, it waits in the guest.
func (s *conversation) signal(sig os.Signal) {
	if n, ok := sig.(unix.Signal); ok {
		go s.to.send(kindSignal, []byte{byte(n)})
	}
}

// answerLimit is how long a guest may take to answer a ping, and QEMU to end when it has
// hung up.
const answerLimit = 10 * time.Second

// overdue tells a guest that hangs from a command that takes longer than its limit.
func (s *conversation) overdue(limit time.Duration) error {
	go s.to.send(kindPing, nil)
	select {
	case err := <-s.ended:
		return s.judge(err)
	case <-s.pong:
		return s.fail(TimedOut, fmt.Sprintf("waited %v for %s, which has not ended", limit, s.job.command()), nil)
	case <-time.After(answerLimit):
		return s.fail(Hung, "", nil)
	}
}

// judge makes of the reader's result what the caller learns.
func (s *conversation) judge(err error) error {
	var refusal guestError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return s.fail(NotReady, string(refusal), nil)
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, unix.ECONNRESET):
		return err
	}
	// QEMU closed the port: it is on its way out, and may yet say why.
	select {
	case <-s.machine.done:
	case <-time.After(answerLimit):
	}
	s.machine.end()
	detail := "QEMU ended"
	if s.machine.err != nil {
		detail = fmt.Sprintf("QEMU ended: %v", s.machine.err)
	}
	return s.fail(Lost, detail, nil)
}

// fail ends the machine and reports. A kernel that panicked did so before
// anything else could go wrong.
func (s *conversation) fail(cause Cause, detail string, err error) error {
	after := time.Since(s.began)
	s.machine.end()
	if complaint := s.machine.complaint(); cause == Stopped && complaint != "" {
		detail += ": " + complaint
	}
	console := s.machine.console
	if reason, ok := console.panicked(); ok && cause != Cancelled {
		cause, detail = Panicked, reason
	}
	return &Failure{cause, s.kernel.Release, s.up, after, detail, console.lines(), err}
}

// guestError is what init says it could not do.
type guestError string

func (e guestError) Error() string { return string(e) }

// read handles what the guest sends, to its exit status.
func (s *conversation) read() error {
	for {
		f, err := readFrame(s.machine.port)
		if err != nil {
			return err
		}
		switch f.kind {
		case kindHello:
			err = tell(s.hello)
		case kindStdout:
			err = write(s.job.Stdout, f.payload, "standard output")
		case kindStderr:
			err = write(s.job.Stderr, f.payload, "standard error")
		case kindFile:
			err = s.files.begin(f.payload)
		case kindData:
			err = s.files.data(f.payload)
		case kindCredit:
			err = tell(s.credits)
		case kindPong:
			err = tell(s.pong)
		case kindFail:
			return guestError(f.payload)
		case kindExit:
			if len(f.payload) != 4 {
				return fmt.Errorf("%w: a status of %d bytes", errFrame, len(f.payload))
			}
			s.status = int(binary.BigEndian.Uint32(f.payload))
			return nil
		default:
			return fmt.Errorf("%w: %q from the guest", errFrame, byte(f.kind))
		}
		if err != nil {
			return err
		}
	}
}

// tell passes on what the guest may say only so often.
func tell(to chan<- struct{}) error {
	select {
	case to <- struct{}{}:
		return nil
	default:
		return fmt.Errorf("%w: more from the guest than it was asked for", errFrame)
	}
}

func write(w io.Writer, p []byte, what string) error {
	if w == nil {
		return nil
	}
	if _, err := w.Write(p); err != nil {
		return fmt.Errorf("write the guest's %s: %w", what, err)
	}
	return nil
}

// feed sends standard input, no faster than the command takes it.
func (s *conversation) feed() {
	buf := make([]byte, maxPayload)
	for {
		select {
		case <-s.credits:
		case <-s.quiet:
			return
		}
		n, err := io.ReadAtLeast(s.job.Stdin, buf, 1)
		if err != nil {
			s.to.send(kindStdin, nil) // an empty frame: the end
			return
		}
		if s.to.send(kindStdin, buf[:n]) != nil {
			return
		}
	}
}
