package stage

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dialpath/lab/ring"
	"dialpath/lab/stage/cell"
	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
)

// villain builds a program that means no good.
func villain(t *testing.T, act string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), act)
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-X main.act="+act, "-o", path, "./testdata/cell")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// byItself is the limit of a program that ends by itself, however busy the machine is.
const byItself = 5 * time.Minute

// inCell runs one, and returns what there is to say about it.
func inCell(t *testing.T, act string, limit time.Duration) Outcome {
	t.Helper()
	return do(t, Target{Trial: &Trial{Program: villain(t, act), Peer: "nobody", Limit: limit}})
}

func TestEndlessLoop(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "loop", 300*time.Millisecond)
	if !got.TimedOut || got.Ended != "still running after 300ms" {
		t.Errorf("got %+v", got)
	}
	nobodyLeft(t)
}

func TestForkBomb(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "bomb", time.Second)
	if got.Ended == "" {
		t.Errorf("it ended well: %+v", got)
	}
	nobodyLeft(t)
}

// nobodyLeft: when a trial is over, no process of its user is there.
func nobodyLeft(t *testing.T) {
	t.Helper()
	for _, status := range processesWith(t, fmt.Sprintf("Uid:\t%d\t", cell.User(os.Getpid()))) {
		t.Errorf("left behind:\n%s", status)
	}
}

// processesWith returns the status of all processes in which a line begins so.
func processesWith(t *testing.T, line string) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil || len(stats) == 0 {
		t.Fatal("no processes at all?", err)
	}
	var all []string
	for _, name := range stats {
		text, _ := os.ReadFile(name) // it may have ended
		if strings.Contains(string(text), "\n"+line) {
			all = append(all, string(text))
		}
	}
	return all
}

func TestFullDisk(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "fill", byItself)
	if got.Output != "after 15 MiB: write fill: no space left on device\n" || got.Ended != "exit status 1" {
		t.Errorf("got %+v", got)
	}
}

func TestOtherFiles(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "look", byItself)
	want := "dev\netc\nhome\nprogram\ntmp\nopen /etc/passwd: no such file or directory\n"
	if got.Output != want {
		t.Errorf("it saw\n%s, want\n%s", got.Output, want)
	}
}

func TestOtherNetworks(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "leave", byItself)
	if want := "dial tcp 192.0.2.1:80: connect: network is unreachable\n"; got.Output != want {
		t.Errorf("it said %q, want %q", got.Output, want)
	}
}

func TestMuchMemory(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "grow", byItself)
	if got.Ended != "exit status 2" || !strings.Contains(got.Output, "out of memory") && !strings.Contains(got.Output, "cannot allocate memory") {
		t.Errorf("it ended with %q and said %.200q", got.Ended, got.Output)
	}
}

func TestNoRights(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "rise", byItself)
	const refused = "operation not permitted"
	want := fmt.Sprintf("I am %d %[1]d [] <nil>\nsetuid: %s\nmount: %[2]s\nmknod: %[2]s\nchroot: %[2]s\nunshare: %[2]s\n", cell.User(os.Getpid()), refused)
	if got.Output != want {
		t.Errorf("it said\n%s, want\n%s", got.Output, want)
	}
}

func TestMuchOutput(t *testing.T) {
	ring.Root(t)
	got := inCell(t, "talk", byItself)
	if len(got.Output) != 2*maxPrinted || got.Ended != "" {
		t.Errorf("%d bytes kept, ended with %q", len(got.Output), got.Ended)
	}
}

// TestNothingInherited: of what the lab had open, or has keys for, nothing is in the cell.
func TestNothingInherited(t *testing.T) {
	ring.Root(t)
	// As a shell's redirection leaves it: not to be closed by itself.
	dir, err := unix.Open("/usr", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(dir)
	runtime.LockOSThread() // keyrings are a thread's; this one is not used again
	if _, err := unix.KeyctlInt(unix.KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0); err != nil && !errors.Is(err, unix.ENOSYS) {
		t.Fatal(err)
	}
	if _, err := unix.AddKey("user", "dialpath-test", []byte("secret"), unix.KEY_SPEC_SESSION_KEYRING); err != nil && !errors.Is(err, unix.ENOSYS) {
		t.Fatal(err)
	}
	if got := inCell(t, "inherit", byItself); got.Output != "" || got.Ended != "" {
		t.Errorf("it ended with %q and found\n%s", got.Ended, got.Output)
	}
}

// herdEnv says where a guest has the villain with many children.
const herdEnv = "DIALPATH_TEST_HERD"

// TestSharedMemory: there is none that belongs to no process, so there is a bound for it
// everywhere.
func TestSharedMemory(t *testing.T) {
	ring.Root(t)
	if got := inCell(t, "share", byItself); got.Output != "cannot allocate memory\n" || got.Ended != "exit status 1" {
		t.Errorf("it ended with %q, %.200q", got.Ended, got.Output)
	}
}

// TestHidden: the kernel refuses what could not be seen, and sockets that are not the
// network's.
func TestHidden(t *testing.T) {
	ring.Root(t)
	want := `io_uring_setup: function not implemented
io_uring_enter: function not implemented
io_uring_register: function not implemented
io_setup: function not implemented
io_submit: function not implemented
memfd_create: function not implemented
memfd_secret: function not implemented
shmget: function not implemented
family 1: made
family 2: made
family 10: made
family 16: address family not supported by protocol
family 17: address family not supported by protocol
family 38: address family not supported by protocol
family 40: address family not supported by protocol
family 40 in disguise: address family not supported by protocol
a pair of family 40: address family not supported by protocol
`
	if runtime.GOARCH == "amd64" {
		want += "getpid by int 0x80: function not implemented\ngetpid of x32: function not implemented\n"
	}
	if got := inCell(t, "hide", byItself); got.Output != want || got.Ended != "" {
		t.Errorf("it ended with %q and said\n%s, want\n%s", got.Ended, got.Output, want)
	}
}

// TestAllMemory: what all processes have together is bounded by a cgroup of version 2, which
// guests have.
func TestAllMemory(t *testing.T) {
	guest := vmtest.Guest{Kernel: vm.DefaultKernel}
	if !vm.InGuest() {
		ring.Guest(t)
		herd := villain(t, "herd")
		guest.Inputs, guest.Env = []string{herd}, []string{herdEnv + "=" + herd}
	}
	guest.Run(t, usesMemory)
}

func usesMemory(t *testing.T) {
	got := do(t, Target{Trial: &Trial{Program: os.Getenv(herdEnv), Peer: "nobody", Limit: byItself}})
	if got.Ended != "signal: killed" && got.Output != "a child: killed\n" {
		t.Errorf("with 800 MiB of memory it ended with %q, %.200q", got.Ended, got.Output)
	}
	if left, _ := filepath.Glob("/sys/fs/cgroup/dialpath-*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestLabKilled: the program does not outlive a lab that is killed.
func TestLabKilled(t *testing.T) {
	ring.Root(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), puppetEnv+"=trial "+villain(t, "loop"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "running\n" {
		t.Fatalf("it said %q, %v", line, err)
	}
	name := fmt.Sprintf("Uid:\t%d\t", cell.User(cmd.Process.Pid))
	running := func() bool { return len(processesWith(t, name)) > 0 }
	eventually(t, "the program runs", running)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	eventually(t, "the program is gone", func() bool { return !running() })
}

// TestNotStatic: a program that wants libraries is told where it should do without.
func TestNotStatic(t *testing.T) {
	ring.Root(t)
	_, err := run(t.Context(), Target{Trial: &Trial{Program: "/bin/true", Peer: "nobody"}})
	want := "run /bin/true: it wants libraries, and there are none in its cell: build it with CGO_ENABLED=0"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
