package vm

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/signal"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// A command may have a terminal in the guest. The host's terminal then only passes on
// bytes, both ways: it is the guest's that echoes, edits lines, and makes a signal of
// Ctrl-C.

// openTerminal makes a terminal in the guest. Its other end is ours.
func openTerminal(size *pty.Winsize) (ours, theirs *os.File, err error) {
	if ours, theirs, err = pty.Open(); err != nil {
		return nil, nil, fmt.Errorf("make a terminal: %w", err)
	}
	if err := pty.Setsize(ours, size); err != nil {
		return nil, nil, fmt.Errorf("set the terminal's size: %w", err)
	}
	return ours, theirs, nil
}

// sizeOf is the size in a frame of [kindResize].
func sizeOf(payload []byte) *pty.Winsize {
	return &pty.Winsize{Rows: binary.BigEndian.Uint16(payload), Cols: binary.BigEndian.Uint16(payload[2:])}
}

// borrow makes the host's terminal pass on bytes, and tells the guest how large it is
// whenever that changes. What it returns gives the terminal back.
func borrow(terminal *os.File, to *frameWriter) (giveBack func(), err error) {
	mode, err := term.MakeRaw(int(terminal.Fd()))
	if err != nil {
		return nil, fmt.Errorf("take over the terminal: %w", err)
	}
	resized, stop := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(resized, unix.SIGWINCH)
	resized <- unix.SIGWINCH // it may have been, while the guest booted
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-resized:
			}
			if size, err := pty.GetsizeFull(terminal); err == nil {
				payload := binary.BigEndian.AppendUint16(nil, size.Rows)
				to.send(kindResize, binary.BigEndian.AppendUint16(payload, size.Cols))
			}
		}
	}()
	return func() {
		signal.Stop(resized)
		close(stop)
		term.Restore(int(terminal.Fd()), mode)
	}, nil
}
