package vm_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"dialpath/lab/ring"
	"dialpath/lab/vm"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// TestGuestTerminal sits down at a terminal of a guest: it is as large as the host's, and
// Ctrl-C typed here is an interrupt there.
func TestGuestTerminal(t *testing.T) {
	ring.Guest(t)
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	defer terminal.Close()
	if err := pty.Setsize(keyboard, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	before := mode(t, terminal)

	j := job("terminal")
	j.Terminal = terminal
	type result struct {
		status int
		err    error
	}
	ended := make(chan result, 1)
	go func() {
		status, err := vm.Guest{}.Run(t.Context(), j)
		ended <- result{status, err}
	}()
	screen := bufio.NewReader(keyboard)
	shows(t, screen, "24 rows, 80 columns")
	if err := pty.Setsize(keyboard, &pty.Winsize{Rows: 50, Cols: 132}); err != nil {
		t.Fatal(err)
	}
	unix.Kill(os.Getpid(), unix.SIGWINCH) // it is not this process's own terminal, which would tell it
	shows(t, screen, "50 rows, 132 columns")
	if _, err := keyboard.Write([]byte{'C' - '@'}); err != nil {
		t.Fatal(err)
	}
	shows(t, screen, "interrupted")
	if r := <-ended; r.err != nil || r.status != 3 {
		t.Errorf("status %d, %v; want 3", r.status, r.err)
	}
	if after := mode(t, terminal); after != before {
		t.Errorf("the terminal's mode was %+v, and now is %+v", before, after)
	}
}

func mode(t *testing.T, terminal *os.File) unix.Termios {
	t.Helper()
	mode, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *mode
}

func shows(t *testing.T, screen *bufio.Reader, want string) {
	t.Helper()
	line, err := screen.ReadString('\n')
	// A terminal may echo Ctrl-C, or not any more.
	if err != nil || strings.TrimPrefix(strings.TrimRight(line, "\r\n"), "^C") != want {
		t.Fatalf("the terminal shows %q, %v; want %q", line, err, want)
	}
}
