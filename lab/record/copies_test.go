package record

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
	"dialpath/lab/ring"
	"dialpath/lab/trace"
)

// copies sends a datagram on a socket, and one on each kind of copy. The payload says which.
func copies(port int) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	if err := say(fd, nil, "itself"); err != nil {
		return err
	}
	for _, way := range waysToCopy {
		if err := way.copy(fd, way.name); err != nil {
			return fmt.Errorf("%s: %w", way.name, err)
		}
	}
	unix.Close(fd)
	return nil
}

var waysToCopy = []struct {
	name string
	copy func(fd int, name string) error
}{
	{"dup", func(fd int, name string) error {
		copied, err := unix.Dup(fd)
		return say(copied, err, name)
	}},
	{"dup2", func(fd int, name string) error { return say(100, dup2(fd, 100), name) }},
	{"dup3", func(fd int, name string) error { return say(101, unix.Dup3(fd, 101, unix.O_CLOEXEC), name) }},
	{"F_DUPFD", func(fd int, name string) error {
		copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD, 200)
		return say(copied, err, name)
	}},
	{"SCM_RIGHTS", passOver},
	{"pidfd_getfd", func(fd int, name string) error {
		self, err := unix.PidfdOpen(os.Getpid(), 0)
		if err != nil {
			return err
		}
		copied, err := unix.PidfdGetfd(self, fd, 0)
		return say(copied, err, name)
	}},
	{"CLONE_FILES", func(fd int, name string) error {
		said := make(chan error)
		go func() {
			runtime.LockOSThread() // and never unlock it: the thread ends
			said <- say(fd, unix.Unshare(unix.CLONE_FILES), name)
		}()
		return <-said
	}},
	{"fork", func(fd int, name string) error {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), puppetEnv+"=say 3 "+name)
		cmd.ExtraFiles = []*os.File{os.NewFile(uintptr(must(unix.Dup(fd))), "socket")}
		return cmd.Run()
	}},
}

func passOver(fd int, name string) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	if err := unix.Sendmsg(pair[0], []byte("x"), unix.UnixRights(fd), nil, 0); err != nil {
		return err
	}
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(pair[1], make([]byte, 1), control, 0)
	if err != nil {
		return err
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil {
		return err
	}
	passed, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return err
	}
	return say(passed[0], nil, name)
}

// dup2 is a system call that arm64 does not have, and Go's library calls dup3 for.
func dup2(from, to int) error {
	if runtime.GOARCH != "amd64" {
		return unix.Dup3(from, to, 0)
	}
	const number = 33
	if _, _, errno := syscall.RawSyscall(number, uintptr(from), uintptr(to), 0); errno != 0 {
		return errno
	}
	return nil
}

func must(fd int, err error) int {
	if err != nil {
		panic(err)
	}
	return fd
}

func say(fd int, err error, word string) error {
	if err == nil {
		_, err = unix.Write(fd, []byte(word))
	}
	return err
}

// TestCopies: a copy of a descriptor is the socket, whatever way it was made, and so is each
// packet that leaves by it.
func TestCopies(t *testing.T) {
	ring.Root(t)
	port := sinkPort(t)
	tr := do(t, visible, asCommand("copies", fmt.Sprint(port)))
	var words []string
	for _, way := range waysToCopy {
		words = append(words, way.name)
	}
	words = append([]string{"itself"}, words...)
	var socket uint64
	for _, c := range tr.Syscalls {
		if c.Name == "socket" && c.Family == kernel.Inet && c.Type == kernel.Datagram {
			socket = c.Socket
		}
	}
	if socket == 0 {
		t.Fatalf("the socket that was made has no number: %+v", tr.Syscalls)
	}
	var writes, lasts []trace.Syscall
	for _, c := range tr.Syscalls {
		switch {
		case c.Socket == socket && c.Name == "write":
			writes = append(writes, c)
		case c.Socket == socket && c.Last:
			lasts = append(lasts, c)
		}
	}
	var got []string
	for _, p := range tr.Packets {
		if p.Direction != trace.Out || p.Protocol != trace.UDP || int(p.Dest.Port()) != port {
			continue
		}
		got = append(got, string(p.Data[28:]))
		if p.Socket != socket {
			t.Errorf("%s: the packet is of socket %d, not %d", p.Data[28:], p.Socket, socket)
		}
		if !slices.ContainsFunc(writes, func(c trace.Syscall) bool {
			return c.TID == p.TID && c.Time <= p.Time && p.Time <= c.Time+int64(c.Duration)
		}) {
			t.Errorf("%s: the packet left in no write on its socket", p.Data[28:])
		}
	}
	if !slices.Equal(got, words) {
		t.Errorf("packets: %q, want %q", got, words)
	}
	if len(writes) != len(words) {
		t.Errorf("%d writes on the socket, want %d", len(writes), len(words))
	}
	// Copies are open to the end, so no close was of the last one.
	if len(lasts) != 0 {
		t.Errorf("of the last copy was %+v", lasts)
	}
}
