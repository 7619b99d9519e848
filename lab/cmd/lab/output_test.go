package main

import (
	"bytes"
	"testing"

	"github.com/creack/pty"
)

// TestBinaryOnTerminal asks for formats that would garble a terminal: here, and in a
// guest, which is not booted for it.
func TestBinaryOnTerminal(t *testing.T) {
	t.Parallel()
	mine, theirs, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	defer theirs.Close()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"stack", "-r", "6.12:dialudp", "-o", "pprof"}, "lab: -o pprof is not for a terminal: write -o pprof=FILE\n"},
		{[]string{"packets", "-r", "6.12:dial-tcp", "-o", "pcapng"}, "lab: -o pcapng is not for a terminal: write -o pcapng=FILE\n"},
		{[]string{"vm", "--", "packets", "-w", "dial-tcp", "-o", "pcapng"}, "lab: -o pcapng is not for a terminal: write -o pcapng=FILE\n"},
	} {
		var stderr bytes.Buffer
		status := execute(t.Context(), environment{stdout: theirs, stderr: &stderr, lab: "lab"}, c.args)
		if status != statusUsage || stderr.String() != c.want {
			t.Errorf("lab %v: status %d, %q; want %q", c.args, status, stderr.String(), c.want)
		}
	}
}
