package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cilium/ebpf"

	"dialpath/lab/ring"
)

// command is the lab as a process of its own, which no terminal sends signals to.
func command(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "lab", args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd
}

// TestInterrupted ends a recording by a signal: what was seen is shown.
func TestInterrupted(t *testing.T) {
	ring.Root(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd := command(t, "packets", "--", "sh", "-c", "echo running; exec sleep 100")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			var complaints strings.Builder
			cmd.Stderr = &complaints
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(out)
			if first, err := lines.ReadString('\n'); err != nil || first != "running\n" {
				t.Fatalf("the first line is %q, %v", first, err)
			}
			cmd.Process.Signal(signal)
			rest, err := io.ReadAll(lines)
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ended with %v, want status 0", err)
			}
			if !strings.HasSuffix(string(rest), "\n\nNo packets.\n") || complaints.Len() > 0 {
				t.Errorf("it wrote %q and %q", rest, complaints.String())
			}
		})
	}
}

// TestKilled has the lab die without a chance to clean up: its children, their
// network, and all programs, maps and links go with it.
func TestKilled(t *testing.T) {
	ring.Root(t)
	cmd := command(t, "packets", "-w", "dial-tcp", "-n", "1000000000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := strconv.Itoa(cmd.Process.Pid)
	var children []string
	eventually(t, "both ends run", func() bool {
		children = childrenOf(pid, "dial-tcp")
		return len(children) == 2
	})
	var spaces []string
	for _, child := range children {
		space, err := os.Readlink("/proc/" + child + "/ns/net")
		if err != nil {
			t.Fatal(err)
		}
		spaces = append(spaces, space)
	}
	programs := loaded(t, pid)
	if len(programs) == 0 {
		t.Fatal("it has no programs")
	}

	cmd.Process.Kill()
	cmd.Wait()
	for _, child := range children {
		eventually(t, "child "+child+" is gone", func() bool { return childGone(child) })
	}
	for _, space := range spaces {
		eventually(t, "nobody uses "+space, func() bool { return !used(space) })
	}
	for _, id := range programs {
		eventually(t, "a program is unloaded", func() bool {
			p, err := ebpf.NewProgramFromID(id)
			if err == nil {
				p.Close()
			}
			return errors.Is(err, os.ErrNotExist)
		})
	}
}

// childrenOf are the children of a process that have the name.
func childrenOf(pid, name string) (found []string) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if fields := strings.Fields(string(text)); len(fields) > 3 && fields[1] == "("+name+")" && fields[3] == pid {
			found = append(found, fields[0])
		}
	}
	return found
}

func childGone(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

var programID = regexp.MustCompile(`(?m)^prog_id:\s*([0-9]+)$`)

// loaded are the BPF programs that a process holds, by itself or by a link.
func loaded(t *testing.T, pid string) (ids []ebpf.ProgramID) {
	t.Helper()
	infos, _ := filepath.Glob("/proc/" + pid + "/fdinfo/*")
	for _, file := range infos {
		text, _ := os.ReadFile(file)
		if match := programID.FindSubmatch(text); match != nil {
			id, err := strconv.Atoi(string(match[1]))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, ebpf.ProgramID(id))
		}
	}
	return ids
}

// used tells whether a process is in a network namespace.
func used(space string) bool {
	names, _ := filepath.Glob("/proc/[0-9]*/task/*/ns/net")
	for _, name := range names {
		if to, err := os.Readlink(name); err == nil && to == space {
			return true
		}
	}
	return false
}

// eventually waits for what the kernel does in its own time.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(20 * time.Second); !done(); {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
