package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
	"dialpath/lab/trace"
)

// A point is one at which both the kernel, by a probe, and Delve, by a breakpoint, can
// look at a program's stack.
type point struct {
	name    string
	role    string // whose stacks the kernel takes
	target  string // what runs, as lab step is told
	stack   string // the same, as lab stack is told
	syscall int    // number of the system call (amd64), in RAX at its leaf
	through string // a function on the stack, where several threads make the call
	frames  int    // how many of the program's there must be at least
	more    bool   // whether it is only looked at when more is tested than usual: Delve takes its time
}

var points = []point{
	{"write", "UDP send", "write-udp", "-w write-udp", 1, "fmt.Fprintf", 13, true},
	{"UDP connect", "UDP connect", "dialudp", "-w dialudp", 42, "net.DialUDP", 13, true},
	{"TCP connect", "TCP connect", "dial-tcp", "-w dial-tcp", 42, "net.Dial", 19, true},
	{"recvfrom in the server", "UDP receive", "-- lab run echo-udp", "-- lab run echo-udp", 45, "dialpath/echo.Server.answerAll", 11, false},
}

// script is the name of the file with Delve's commands for point i.
func (p point) script(i int) string { return fmt.Sprintf("point-%d.dlv", i) }

// commands stop Delve in the very function in which the program enters the kernel. Before
// it is near there it is not stopped, for each stop takes its time.
func (p point) commands() string {
	return fmt.Sprintf("break near %s\ncontinue\nclear near\n"+
		"break leaf internal/runtime/syscall/linux.Syscall6\ncond leaf RAX == %d\ncontinue\nstack 60\n", p.through, p.syscall)
}

// testJoined compares Delve's stack at each point with what the kernel saw below the system
// call. The guest has no sources: for this, Delve needs none.
func testJoined(t *testing.T) {
	for i, p := range points {
		if p.more && !ring.More() {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			_, stack, complaints := shell(t, "", "lab stack --json '"+p.role+"' "+p.stack)
			saw := ofKernel(t, p, stack+complaints)
			_, step, complaints := shell(t, "", "lab step -k tracepoint --script "+inKit(p.script(i))+" "+p.target)
			want := ofDelve(t, step+complaints)
			if len(want) < p.frames {
				t.Errorf("Delve shows %d frames, want %d or more: %v", len(want), p.frames, want)
			}
			if diff := cmp.Diff(want, saw); diff != "" {
				t.Errorf("the kernel's view of the program differs from Delve's (-Delve +kernel):\n%s", diff)
			}
		})
	}
}

// ofKernel returns the program's frames on the stack at a point, as "function file:line".
// At the leaf, the kernel sees the program after its last instruction and Delve before
// its first, so there the line is left out.
func ofKernel(t *testing.T, p point, text string) []string {
	t.Helper()
	var seen trace.Trace
	if err := json.Unmarshal([]byte(text), &seen); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, s := range seen.Stacks {
		if !slices.ContainsFunc(s.Frames, func(f trace.Frame) bool { return f.Name == p.through }) {
			continue
		}
		var frames []string
		for _, f := range s.Frames {
			switch {
			case f.Kind != trace.User:
			case frames == nil:
				frames = append(frames, f.Name)
			default:
				frames = append(frames, fmt.Sprintf("%s %s:%d", f.Name, f.File, f.Line))
			}
		}
		return frames
	}
	t.Fatalf("none of %d stacks goes through %s", len(seen.Stacks), p.through)
	return nil
}

// delveFrame is a frame as Delve's command stack prints it.
var delveFrame = regexp.MustCompile(`(?m)^ *\d+  0x[0-9a-f]+ in (.+)\n +at (.+):(\d+)$`)

func ofDelve(t *testing.T, text string) []string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var frames []string
	for i, m := range delveFrame.FindAllStringSubmatch(text, -1) {
		file := m[2]
		if relative, ok := strings.CutPrefix(file, "./"); ok {
			file = filepath.Join(here, relative)
		}
		if i == 0 {
			frames = append(frames, m[1])
			continue
		}
		frames = append(frames, fmt.Sprintf("%s %s:%s", m[1], file, m[3]))
	}
	if frames == nil {
		t.Fatalf("no stack in\n%s", text)
	}
	return frames
}
