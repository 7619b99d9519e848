package watch

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
)

func TestProcess(t *testing.T) {
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p, err := Open(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if p.Ended() {
		t.Error("it ended at once")
	}
	cmd.Process.Kill()
	cmd.Wait()
	if !p.Ended() {
		t.Error("its end was not noticed")
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoProcess(t *testing.T) {
	if _, err := Open(math.MaxInt32); err == nil || err.Error() != "watch process 2147483647: there is no such process" {
		t.Errorf("error %v", err)
	}
	// Of two threads that are held at once, one is not the process's first.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	tid, leave := syscall.Gettid(), make(chan struct{})
	defer close(leave)
	if tid == os.Getpid() {
		other := make(chan int)
		go func() {
			runtime.LockOSThread()
			other <- syscall.Gettid()
			<-leave
		}()
		tid = <-other
	}
	want := fmt.Sprintf("watch process %d: it is a thread: give its process's number", tid)
	if _, err := Open(tid); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
