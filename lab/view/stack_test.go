package view

import (
	"strings"
	"testing"

	"dialpath/lab/trace"
)

// A frame of a program says where it is in as much as fits, and what is not known.
func TestFrame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		frame          trace.Frame
		name, position string
	}{
		{trace.Frame{Name: "udp_sendmsg", Kind: trace.Kernel}, "udp_sendmsg", "kernel"},
		{trace.Frame{Name: "net.(*conn).Write", Kind: trace.User, File: "/go/src/net/net.go", Line: 208}, "net.(*conn).Write", "net/net.go:208"},
		{trace.Frame{Name: "syscall.Write", Kind: trace.User, File: "/go/src/syscall/syscall_unix.go", Line: 211, Inlined: true}, "syscall.Write (inlined)", "syscall/syscall_unix.go:211"},
		{trace.Frame{Name: "syscall.write", Kind: trace.User, File: "/go/src/syscall/zsyscall_linux_amd64.go", Line: 964}, "syscall.write", "zsyscall_linux_amd64.go:964"},
		{trace.Frame{Name: "main.main", Kind: trace.User, File: "main.go", Line: 3}, "main.main", "main.go:3"},
		{trace.Frame{Name: "connect", Kind: trace.User}, "connect", "user"},
		{trace.Frame{Name: "0x7f00", Kind: trace.User}, "[unknown]", "0x7f00"},
	} {
		if name, at := frameName(test.frame), position(test.frame); name != test.name || at != test.position {
			t.Errorf("%+v: %q at %q, want %q at %q", test.frame, name, at, test.name, test.position)
		}
	}
}

// What cannot be known of a program is said with the rest of what is not known.
func TestUnnamedIsSaid(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	seen := &trace.Trace{Honesty: trace.Honesty{Matched: 1, Attached: 1, Unnamed: []string{"prog: it has no symbols"}}}
	if err := Honesty(&text, seen, Style{}); err != nil || !strings.HasSuffix(text.String(), "\nprog: it has no symbols\n") {
		t.Errorf("%v, wrote %q", err, text.String())
	}
}
