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
	c := &conversation{
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
		c.job.Stdin, c.job.Stdout = j.Terminal, j.Terminal
	}
	for range stdinWindow {
		c.credits <- struct{}{}
	}
	go func() {
		defer close(c.quiet)
		c.ended <- c.read()
	}()
	return c
}

// close ends the machine and waits for the reader: from then on nothing writes
// to the job's outputs.
func (c *conversation) close() {
	c.machine.end()
	<-c.quiet
	c.giveBack()
	c.files.abandon()
}

// grace is how long a command may take to end after the context was cancelled.
// Detaching some hundred single kprobes takes up to half of it.
const grace = 30 * time.Second

// wait sees the guest through: to the exit status, or to a failure. The guest has so
// much patience to come up, which is then called; and its command has a limit.
func (c *conversation) wait(ctx context.Context, patience, limit time.Duration, up func()) error {
	if err := c.waitUp(ctx, patience); err != nil {
		return err
	}
	c.up = true
	up()
	if err := c.attach(); err != nil {
		return err
	}
	return c.waitEnd(ctx, limit)
}

// waitUp returns when the guest has spoken. What QEMU waits for a processor, since the
// machine is busy, is not counted against its patience. Until the guest is up there is
// nothing in it that could be interrupted: a signal ends it.
func (c *conversation) waitUp(ctx context.Context, patience time.Duration) error {
	boot := proc.Allow(patience, patience, c.machine.process.Pid)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case <-c.hello:
			return nil
		case err := <-c.ended:
			if c.spoken() { // and at once ended
				c.ended <- err
				return nil
			}
			return c.judge(err)
		case status := <-c.machine.stopped:
			if c.spoken() { // and was at once stopped
				c.machine.stopped <- status
				return nil
			}
			return c.fail(Stopped, status, nil)
		case <-c.job.Signals:
			return c.fail(Cancelled, "interrupted while it booted", context.Canceled)
		case <-ctx.Done():
			return c.fail(Cancelled, "interrupted while it booted", ctx.Err())
		case <-timer.C:
			switch {
			case c.spoken():
				return nil
			case boot.Over():
				return c.fail(Silent, "", nil)
			case boot.Hopeless():
				return c.fail(Silent, ": this machine has too much else to do", nil)
			}
			timer.Reset(boot.Wait())
		}
	}
}

// spoken tells whether the guest has, without waiting for it.
func (c *conversation) spoken() bool {
	select {
	case <-c.hello:
		return true
	default:
		return false
	}
}

// waitEnd returns when the command has ended, or its limit has come.
func (c *conversation) waitEnd(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	heard, interrupted, cancelled := 0, false, ctx.Done()
	interrupt := func(sig os.Signal) {
		if !interrupted { // one Ctrl-C may come both ways
			interrupted = true
			c.signal(sig)
		}
	}
	for {
		select {
		case err := <-c.ended:
			return c.judge(err)
		case status := <-c.machine.stopped:
			return c.fail(Stopped, status, nil)
		case sig := <-c.job.Signals:
			if heard++; heard == 2 {
				return c.fail(Cancelled, "a second signal", context.Canceled)
			}
			interrupt(sig)
		case <-cancelled:
			cancelled = nil
			interrupt(os.Interrupt)
			timer.Reset(grace)
		case <-timer.C:
			if err := ctx.Err(); err != nil {
				return c.fail(Cancelled, "it took no notice of an interrupt", err)
			}
			return c.overdue(limit)
		}
	}
}

// attach gives the guest what is typed, and the terminal, if the job has one. Until the
// guest is up, they are the lab's: Ctrl-C ends the waiting, and what a guest that comes to
// nothing has not read is there for the next.
func (c *conversation) attach() (err error) {
	if c.job.Stdin == nil {
		return nil
	}
	if c.job.Terminal == nil {
		go c.feed()
		return nil
	}
	if c.giveBack, err = borrow(c.job.Terminal, c.to); err != nil {
		c.giveBack = func() {}
		return err
	}
	go c.feed()
	return nil
}

// signal passes a signal on. Before the command runs, it waits in the guest.
func (c *conversation) signal(sig os.Signal) {
	if n, ok := sig.(unix.Signal); ok {
		go c.to.send(kindSignal, []byte{byte(n)})
	}
}

// answerLimit is how long a guest may take to answer a ping, and QEMU to end when it has
// hung up.
const answerLimit = 10 * time.Second

// overdue tells a guest that hangs from a command that takes longer than its limit.
func (c *conversation) overdue(limit time.Duration) error {
	go c.to.send(kindPing, nil)
	select {
	case err := <-c.ended:
		return c.judge(err)
	case <-c.pong:
		return c.fail(TimedOut, fmt.Sprintf("waited %v for %s, which has not ended", limit, c.job.command()), nil)
	case <-time.After(answerLimit):
		return c.fail(Hung, "", nil)
	}
}

// judge makes of the reader's result what the caller learns.
func (c *conversation) judge(err error) error {
	var refusal guestError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return c.fail(NotReady, string(refusal), nil)
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, unix.ECONNRESET):
		return err
	}
	// QEMU closed the port: it is on its way out, and may yet say why.
	select {
	case <-c.machine.done:
	case <-time.After(answerLimit):
	}
	c.machine.end()
	detail := "QEMU ended"
	if c.machine.err != nil {
		detail = fmt.Sprintf("QEMU ended: %v", c.machine.err)
	}
	return c.fail(Lost, detail, nil)
}

// fail ends the machine and reports. A kernel that panicked did so before
// anything else could go wrong.
func (c *conversation) fail(cause Cause, detail string, err error) error {
	after := time.Since(c.began)
	c.machine.end()
	if complaint := c.machine.complaint(); cause == Stopped && complaint != "" {
		detail += ": " + complaint
	}
	console := c.machine.console
	if reason, ok := console.panicked(); ok && cause != Cancelled {
		cause, detail = Panicked, reason
	}
	return &Failure{
		Cause: cause, Release: c.kernel.Release, Up: c.up, Crashed: c.machine.crashed, After: after,
		Detail: detail, Console: console.lines(), Err: err,
	}
}

// guestError is what init says it could not do.
type guestError string

func (e guestError) Error() string { return string(e) }

// read handles what the guest sends, to its exit status.
func (c *conversation) read() error {
	for {
		f, err := readFrame(c.machine.port)
		if err != nil {
			return err
		}
		switch f.kind {
		case kindHello:
			err = tell(c.hello)
		case kindStdout:
			err = write(c.job.Stdout, f.payload, "standard output")
		case kindStderr:
			err = write(c.job.Stderr, f.payload, "standard error")
		case kindFile:
			err = c.files.begin(f.payload)
		case kindData:
			err = c.files.data(f.payload)
		case kindCredit:
			err = tell(c.credits)
		case kindPong:
			err = tell(c.pong)
		case kindFail:
			return guestError(f.payload)
		case kindExit:
			if len(f.payload) != 4 {
				return fmt.Errorf("%w: a status of %d bytes", errFrame, len(f.payload))
			}
			c.status = int(binary.BigEndian.Uint32(f.payload))
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
func (c *conversation) feed() {
	buf := make([]byte, maxPayload)
	for {
		select {
		case <-c.credits:
		case <-c.quiet:
			return
		}
		n, err := io.ReadAtLeast(c.job.Stdin, buf, 1)
		if err != nil {
			c.to.send(kindStdin, nil) // an empty frame: the end
			return
		}
		if c.to.send(kindStdin, buf[:n]) != nil {
			return
		}
	}
}
