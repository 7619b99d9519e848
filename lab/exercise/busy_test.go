package exercise_test

import (
	"io"
	"os"
	"os/exec"
	"testing"

	"dialpath/lab/ring"
)

// loopName is the zeroth argument by which this binary knows itself for a busy loop.
const loopName = "dialpath-busy-loop"

// busyLoops is twice what two cores can take.
const busyLoops = 4

// busy keeps the machine busy until the test ends, if more is to be tested than usual: what
// else a machine does must not show in a verdict. It is processes that do it, as elsewhere:
// the lab's own threads are not to blame.
func busy(t *testing.T) {
	t.Helper()
	if !ring.More() {
		return
	}
	for range busyLoops {
		cmd := &exec.Cmd{Path: "/proc/self/exe", Args: []string{loopName}}
		alive, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			alive.Close()
			cmd.Wait()
		})
	}
}

// loop burns a CPU until nobody holds the other end of its standard input.
func loop() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for n := uint(1); n != 0; n += 2 { // odd for ever
	}
}
