package vm

import (
	"io"
	"os"
	"sync"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// host is the host as the guest sees it: a source of frames.
type host struct {
	frames chan frame
	gone   chan struct{} // closed when the host has hung up
	hangUp func()        // closes gone
}

// listen reads what the host sends. Frames wait for the command to start.
func listen(port io.Reader) *host {
	h := &host{frames: make(chan frame), gone: make(chan struct{})}
	h.hangUp = sync.OnceFunc(func() { close(h.gone) })
	go func() {
		defer h.hangUp()
		for {
			f, err := readFrame(port)
			if err != nil {
				return
			}
			h.frames <- f
		}
	}()
	return h
}

// serve carries out what the host asks of a running command.
func (h *host) serve(pid int, stdin *os.File, w *frameWriter) {
	input := feed(stdin, w)
	for f := range h.frames {
		switch f.kind {
		case kindStdin:
			input <- f.payload
		case kindSignal:
			if len(f.payload) == 1 {
				unix.Kill(-pid, unix.Signal(f.payload[0]))
			}
		case kindResize:
			if stdin != nil && len(f.payload) == 4 {
				pty.Setsize(stdin, sizeOf(f.payload)) // a terminal that is gone has no size
			}
		case kindPing:
			w.send(kindPong, nil)
		}
	}
}

// stdinWindow is how many stdin frames the host may send ahead. The guest holds
// no more than these, and hands out a credit for each that the command took.
const stdinWindow = 4

// feed writes standard input to the command. A command that does not read it
// holds up the host's input, and nothing else.
func feed(stdin *os.File, w *frameWriter) chan<- []byte {
	input := make(chan []byte, stdinWindow+1) // one more for the end
	go func() {
		for data := range input {
			if stdin == nil {
				continue
			}
			// A command that closed its standard input wants no more of it.
			if _, err := stdin.Write(data); err != nil || len(data) == 0 {
				stdin.Close()
				stdin = nil
				continue
			}
			w.send(kindCredit, nil)
		}
	}()
	return input
}
