package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
	"dialpath/lab/trace"
)

// compile builds a program of testdata, and returns the file's name.
func compile(t *testing.T, program string, env, flags []string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), program)
	cmd := exec.Command("go", append(append([]string{"build", "-o", name}, flags...), "./testdata/"+program)...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return name
}

// TestJoinedStackOfEveryBuild sends a datagram by a program that is built in every way: its
// part of the stack is always the same, but for what was inlined in a stripped one.
func TestJoinedStackOfEveryBuild(t *testing.T) {
	ring.Root(t)
	whole := []string{
		"internal/runtime/syscall/linux.Syscall6", "syscall.RawSyscall6", "syscall.Syscall", "syscall.write",
		"syscall.Write (inlined)", "internal/poll.ignoringEINTRIO (inlined)", "internal/poll.(*FD).Write",
		"net.(*netFD).Write", "net.(*conn).Write", "fmt.Fprintf", "main.send (inlined)", "main.main", "runtime.main", "runtime.goexit",
	}
	physical := slices.DeleteFunc(slices.Clone(whole), func(name string) bool { return strings.HasSuffix(name, "(inlined)") })
	const static, cgo, external = "CGO_ENABLED=0", "CGO_ENABLED=1", "-linkmode=external"
	for _, test := range []struct {
		name  string
		env   string
		flags []string
		want  []string
		notes []string
	}{
		{"executable", static, nil, whole, nil},
		{"position independent", static, []string{"-buildmode=pie"}, whole, nil},
		{"cgo", cgo, []string{"-ldflags=" + external}, whole, nil},
		{"cgo, position independent", cgo, []string{"-buildmode=pie", "-ldflags=" + external}, whole, nil},
		{"stripped", static, []string{"-ldflags=-s"}, physical,
			[]string{"sends: built without debug information (-s or -w), so inlined calls do not show"}},
		{"stripped, cgo, position independent", cgo, []string{"-buildmode=pie", "-ldflags=-s " + external}, physical,
			[]string{"sends: built without debug information (-s or -w), so inlined calls do not show"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.env == cgo {
				ring.Compiler(t)
			}
			program := compile(t, "sends", []string{test.env}, test.flags)
			out, err := exec.Command("lab", "stack", "net:net_dev_queue", "-k", "tracepoint", "--json", "--", program).Output()
			if err != nil {
				t.Fatal(err)
			}
			all, err := trace.Read(bytes.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			seen := all[0]
			i := slices.IndexFunc(seen.Stacks, func(s trace.Stack) bool { return s.Context == trace.Process })
			if i < 0 {
				t.Fatalf("no stack in process context: %s", out)
			}
			if diff := cmp.Diff(test.want, programPart(seen.Stacks[i])); diff != "" {
				t.Errorf("the program's part of the stack (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.notes, seen.Honesty.Unnamed); diff != "" {
				t.Errorf("what it says is not known (-want +got):\n%s", diff)
			}
		})
	}
}

// programPart returns the names of the program's functions on a stack, leaf first.
func programPart(s trace.Stack) (names []string) {
	for _, f := range s.Frames {
		switch {
		case f.Kind != trace.User:
		case f.Inlined:
			names = append(names, f.Name+" (inlined)")
		default:
			names = append(names, f.Name)
		}
	}
	return names
}
