package stage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"dialpath/lab/proc"
)

// A held is a child of the lab that waits at the barrier.
type held struct {
	cmd     *exec.Cmd
	barrier *os.File // write a byte to let it go, close to have it end
	ready   *os.File
	stderr  bytes.Buffer
	done    chan struct{} // closed when it has ended
	err     error         // how it ended, once done
}

// hold starts a child. It sees to nothing but the barrier: cmd may be adorned
// before.
func hold(adorn func(*exec.Cmd), args ...string) (*held, error) {
	goOn, barrier, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a barrier: %w", err)
	}
	defer goOn.Close()
	ready, listening, err := os.Pipe()
	if err != nil {
		barrier.Close()
		return nil, fmt.Errorf("make a barrier: %w", err)
	}
	defer listening.Close()

	h := &held{barrier: barrier, ready: ready, done: make(chan struct{})}
	h.cmd = &exec.Cmd{
		Path:       "/proc/self/exe",
		Args:       append([]string{childName}, args...),
		Stderr:     &h.stderr,
		ExtraFiles: []*os.File{barrierFD - 3: goOn, readyFD - 3: listening},
	}
	if adorn != nil {
		adorn(h.cmd)
	}
	if err := h.cmd.Start(); err != nil {
		barrier.Close()
		ready.Close()
		return nil, fmt.Errorf("start %s: %w", strings.Join(args, " "), err)
	}
	go func() {
		h.err = h.cmd.Wait()
		close(h.done)
	}()
	listening.Close() // now only the child has it: if it dies, the next read ends
	if err := h.hear(); err != nil {
		h.end()
		return nil, fmt.Errorf("start %s: %w", strings.Join(args, " "), err)
	}
	return h, nil
}

// release opens the barrier.
func (h *held) release() error {
	if _, err := h.barrier.Write([]byte{'g'}); err != nil {
		return fmt.Errorf("release %s: %w", h.cmd.Args[1], err)
	}
	return nil
}

// hear waits for the child's next word: that it is at the barrier, and then, from a
// server, that it listens.
func (h *held) hear() error {
	if _, err := h.ready.Read(make([]byte, 1)); err == nil {
		return nil
	}
	<-h.done
	return cmp.Or(h.failure(), errors.New("it ended before its time"))
}

// words tells of each further word of the child, that has to be answered by [held.release]
// before there is another.
func (h *held) words() <-chan struct{} {
	heard := make(chan struct{}, 1)
	go func() {
		for {
			if _, err := h.ready.Read(make([]byte, 1)); err != nil {
				return // it has ended, or is not listened to any more
			}
			heard <- struct{}{}
		}
	}()
	return heard
}

// became returns when the child has become the named program: then its pipe ends. If that
// failed it says why.
func (h *held) became(name string) error {
	if why, _ := io.ReadAll(h.ready); len(why) > 0 {
		<-h.done
		return fmt.Errorf("run %s: %s", name, why)
	}
	return nil
}

// wait returns when the child has ended by itself, or the context is done.
func (h *held) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-h.done:
		return h.failure()
	}
}

// gone tells whether the child has ended.
func (h *held) gone() bool {
	select {
	case <-h.done:
		return true
	default:
		return false
	}
}

// failure says how the child failed, in its own words if it left any.
func (h *held) failure() error {
	if h.err == nil {
		return nil
	}
	if text := strings.TrimSpace(h.stderr.String()); text != "" {
		return errors.New(text)
	}
	return h.err
}

// grace is how long a child of the lab's own may take to end when it is told to. It
// takes no time, unless the machine is slow or every function of it is traced.
const grace = 10 * time.Second

// end has the child end: by the barrier's closing, or by force.
func (h *held) end() error {
	h.barrier.Close()
	await(context.Background(), h, proc.Allow(grace, grace, h.cmd.Process.Pid), func() bool { return false })
	h.cmd.Process.Kill() // if it is still there
	<-h.done
	h.ready.Close()
	return h.failure()
}
