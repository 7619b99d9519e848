package probes

import (
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"dialpath/lab/ring"
)

// A stack goes on below the system call. The test traces itself, so Go's runtime can
// say which of its functions the addresses lie in.
func TestStacksReachIntoTheProgram(t *testing.T) {
	ring.Root(t)
	seen := exact(t, Options{Stacks: []string{"sock:sock_send_length"}, Backend: Tracepoint}, "sock:sock_send_length")
	assertProgram(t, seen)
}

// assertProgram checks the program's part of the stacks of [sendDatagrams].
func assertProgram(t *testing.T, seen *Seen) {
	t.Helper()
	executable, err := os.Stat("/proc/self/exe")
	check(t, err)
	want := []string{"net.(*netFD).Write", "net.(*conn).Write", "dialpath/probes.sendDatagrams"}
	for _, s := range seen.Stacks {
		var names []string
		for i, pc := range s.Program.Frames {
			if i > 0 {
				pc--
			}
			names = append(names, functionAt(pc))
		}
		at := slices.Index(names, want[0])
		if at < 0 || !slices.Equal(names[at:at+len(want)], want) || names[len(names)-1] != "runtime.goexit" {
			t.Errorf("the program's stack is %v, want %v in it, down to runtime.goexit", names, want)
		}
		if got := functionAt(s.Program.LeafCaller - 1); got != "syscall.RawSyscall6" || slices.Contains(names, got) {
			t.Errorf("the leaf returns to %s, want syscall.RawSyscall6, which is not among %v", got, names)
		}
		if s.Program.Executable != executable.Sys().(*syscall.Stat_t).Ino {
			t.Errorf("executable has inode %d, want %d", s.Program.Executable, executable.Sys().(*syscall.Stat_t).Ino)
		}
		if s.Program.Code == 0 || functionAt(s.Program.Code) == "" && s.Program.Code > s.Program.Frames[0] {
			t.Errorf("code begins at %#x, want before %#x", s.Program.Code, s.Program.Frames[0])
		}
	}
}

func functionAt(pc uint64) string {
	if f := runtime.FuncForPC(uintptr(pc)); f != nil {
		return f.Name()
	}
	return ""
}

// What a softirq does on a borrowed thread was not asked for by the thread's program.
func TestSoftirqStacksEndInTheKernel(t *testing.T) {
	ring.Root(t)
	s, err := Open(Options{Stacks: []string{"sock:sk_data_ready"}, Backend: Tracepoint})
	check(t, err)
	defer s.Close()
	seen := window(t, s, func() { sendDatagrams(t, 1) })
	if len(seen.Stacks) == 0 {
		t.Fatal("no stacks")
	}
	for _, s := range seen.Stacks {
		if s.Context != 0 && len(s.Program.Frames) > 0 {
			t.Errorf("a stack in %v goes on in the program", s.Context)
		}
	}
}

// A program that a traced process begins to run is announced while it runs.
func TestExecIsAnnounced(t *testing.T) {
	ring.Root(t)
	var programs []int
	s, err := Open(Options{
		Stacks: []string{"sock:*"}, Backend: Tracepoint,
		Executed: func(pid int) { programs = append(programs, pid) },
	})
	check(t, err)
	defer s.Close()
	parent := helper(t, nil, "1/1")
	watched(t, s, parent, Tracee)
	if len(programs) != 1 || programs[0] == parent.cmd.Process.Pid {
		t.Errorf("announced %v, want the one child of %d", programs, parent.cmd.Process.Pid)
	}
}
