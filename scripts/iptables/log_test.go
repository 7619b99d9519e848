// Package iptables tests scripts/iptables-log.sh, and by it what the lab writes in the form
// of iptables' log: both see the same packets.
package iptables

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/export"
	"dialpath/lab/record"
	"dialpath/lab/ring"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
	"dialpath/probes"
)

func TestMain(m *testing.M) {
	vm.Init()
	stage.Main()
	vmtest.Main(m)
}

const script = "../iptables-log.sh"

// Where the script finds the echo server.
const echoEnv = "DIALPATH_ECHO"

// TestGuest has the kernels log. What the script does of itself is tried on one of them: it
// starts many processes, which takes long where a machine is emulated.
func TestGuest(t *testing.T) {
	for i, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			guest := vmtest.Guest{Kernel: kernel, Firewall: true}
			if !vm.InGuest() {
				equip(t, &guest)
			}
			guest.Run(t, func(t *testing.T) {
				t.Run("same as the lab's", testSame)
				if i > 0 {
					return
				}
				t.Run("article", testArticle)
				t.Run("ended", testEnded)
				t.Run("lacking", testLacking)
				t.Run("left over", testLeftOver)
			})
		})
	}
}

// equip gives a guest the host's iptables, and what else the script runs.
func equip(t *testing.T, guest *vmtest.Guest) {
	t.Helper()
	ring.Guest(t)
	programs := ring.Iptables(t)
	echo := filepath.Join(ring.Build(t), "echo")
	guest.Env = []string{echoEnv + "=" + echo}
	guest.Inputs = []string{script}
	guest.Carry = append(programs, echo)
	for _, name := range []string{"env", "bash", "dmesg", "dirname", "sleep"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		guest.Carry = append(guest.Carry, path)
	}
	// Iptables opens a library for the target.
	target, err := filepath.Glob("/usr/lib/*/xtables/lib*_LOG.so")
	if err != nil || len(target) == 0 {
		t.Fatalf("the library of iptables' target LOG is missing: %v", err)
	}
	guest.Inputs = append(guest.Inputs, target...)
}

// traffic is what the client does: an echo over each protocol, and a datagram for a port
// where nobody is.
const traffic = `
	echo 'HELLO!!' | $DIALPATH_ECHO client --network tcp 10.0.0.2:1337
	echo 'HELLO!!' | $DIALPATH_ECHO client --network udp 10.0.0.2:1337
	echo anybody >/dev/udp/10.0.0.2/9`

// testSame holds the lines of the kernel's log against the lab's, of the same packets. At
// each device they must be equal, in the same order, but for what the lab cannot know.
func testSame(t *testing.T) {
	var logged string
	recorded := recordWhile(t, func() { logged = run(t, "bash", "-c", traffic) })
	want, got := streams(logged), streams(recorded)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("iptables' lines (-) and the lab's (+):\n%s\nthe kernel's log:\n%s", diff, logged)
	}
	for stream, words := range map[string][]string{
		"IN= OUT=veth0 ": {" SYN URGP=0", " ACK URGP=0", " ACK PSH URGP=0", " ACK FIN URGP=0", " PROTO=UDP SPT=", " DPT=9 LEN=16"},
		"IN=veth0 OUT= ": {" ACK SYN URGP=0", " ACK PSH URGP=0", " ACK FIN URGP=0", " PROTO=UDP SPT=1337 ", " PROTO=ICMP TYPE=3 CODE=3 [SRC=10.0.0.1 DST=10.0.0.2 LEN=36 "},
	} {
		for _, word := range words {
			if !strings.Contains(strings.Join(want[stream], "\n"), word) {
				t.Errorf("nothing with %q is logged at %s:\n%s", word, stream, logged)
			}
		}
	}
	if out, in := len(want["IN= OUT=veth0 "]), len(want["IN=veth1 OUT= "]); out != in {
		t.Errorf("of the client %d packets are logged when they leave, %d when they arrive", out, in)
	}
}

// recordWhile returns what the lab logs of all packets that leave or arrive while f runs.
func recordWhile(t *testing.T, f func()) string {
	t.Helper()
	ctx, done := context.WithCancel(t.Context())
	defer done()
	opts := record.Options{Ready: func(*probes.Session) {
		go func() {
			defer done()
			f()
		}()
	}}
	var log bytes.Buffer
	err := record.Run(ctx, probes.Options{Packets: true}, []record.Options{opts}, func(traces []*trace.Trace) error {
		if lost := traces[0].Honesty.Lost; lost > 0 {
			return fmt.Errorf("%d packets are lost", lost)
		}
		format, err := export.Lookup("log", "packets")
		return errors.Join(err, format.Write(&log, traces[0]))
	})
	if err != nil {
		t.Fatal(err)
	}
	return log.String()
}

var (
	line    = regexp.MustCompile(`^\[ *\d+\.\d{6}\] (\[(?:TCP|UDP|ICMP)\] )(IN=(?:veth[01])? OUT=(?:veth[01])? )(.*)$`)
	address = regexp.MustCompile(`^MAC=[0-9a-f:]+ `)
)

// streams sorts lines by device and direction, and takes off what must differ: the time,
// which is another clock's, and the hardware addresses.
func streams(log string) map[string][]string {
	all := make(map[string][]string)
	for text := range strings.Lines(log) {
		if m := line.FindStringSubmatch(strings.TrimRight(text, "\n")); m != nil {
			all[m[2]] = append(all[m[2]], m[1]+address.ReplaceAllString(m[3], ""))
		}
	}
	return all
}

// run runs the script, and returns what it prints.
func run(t *testing.T, command ...string) string {
	out, err := exec.Command(script, command...).Output()
	if err != nil {
		t.Errorf("%v\n%s", err, stderrOf(err))
	}
	return string(out)
}

func stderrOf(err error) []byte {
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return failed.Stderr
	}
	return nil
}

// testArticle is the article's experiment: TCP packets only.
func testArticle(t *testing.T) {
	var flags []string
	for text := range strings.Lines(run(t)) {
		m := line.FindStringSubmatch(strings.TrimRight(text, "\n"))
		if m == nil {
			t.Fatalf("line %q", text)
		}
		if m[1] != "[TCP] " {
			t.Errorf("line %q: want TCP only", text)
		}
		if m[2] == "IN= OUT=veth0 " {
			_, after, _ := strings.Cut(m[3], " RES=0x00 ")
			flags = append(flags, after)
		}
	}
	if diff := cmp.Diff([]string{"SYN URGP=0", "ACK URGP=0", "ACK FIN URGP=0", "ACK URGP=0"}, flags); diff != "" {
		t.Errorf("the client sends (-want +got):\n%s", diff)
	}
	clean(t)
}

// testEnded ends the script while its command runs.
func testEnded(t *testing.T) {
	for signal, status := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGINT: 130, syscall.SIGHUP: 129} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd := exec.Command(script, "bash", "-c", "echo running; exec sleep 1000")
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewReader(stderr)
			if text, err := said.ReadString('\n'); text != "running\n" {
				t.Fatalf("it says %q, %v", text, err)
			}
			cmd.Process.Signal(signal)
			if text, _ := said.ReadString('\n'); text != "" { // ends when the command has
				t.Errorf("it says %q", text)
			}
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != status {
				t.Errorf("exit status %d, want %d", got, status)
			}
			clean(t)
		})
	}
}

// testLacking takes away what the script needs, and reads what it says.
func testLacking(t *testing.T) {
	for _, c := range []struct {
		what, iptables, want string
		env                  []string
	}{
		{"no iptables", "", "iptables-log: iptables is missing: run scripts/setup.sh formats\n", nil},
		{"no server", "#!/bin/bash\n", "iptables-log: /none is missing: run make build\n", []string{echoEnv + "=/none"}},
		{"a kernel without the modules", "#!/bin/bash\necho 'no such target'; exit 1\n",
			"iptables-log: this kernel cannot log packets: no such target: try modprobe -a nf_log_syslog xt_LOG iptable_filter\n", nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{"env", "bash", "ip", "dirname", "dmesg"} {
				path, err := exec.LookPath(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			if c.iptables != "" {
				if err := os.WriteFile(filepath.Join(dir, "iptables"), []byte(c.iptables), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(script)
			cmd.Env = append(append(os.Environ(), "PATH="+dir), c.env...)
			out, err := cmd.Output()
			if got := string(stderrOf(err)); got != c.want || len(out) > 0 || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("%v, it says %q, want %q", err, got, c.want)
			}
			clean(t)
		})
	}
}

// testLeftOver finds what a killed script has left.
func testLeftOver(t *testing.T) {
	if out, err := exec.Command("ip", "netns", "add", "dialpath-server").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, err := exec.Command(script).Output()
	if got := string(stderrOf(err)); !strings.HasSuffix(got, "then run: ip netns delete dialpath-server\n") {
		t.Errorf("it says %q", got)
	}
	if out, err := exec.Command("ip", "netns", "delete", "dialpath-server").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	clean(t)
}

// clean demands that the script has left nothing.
func clean(t *testing.T) {
	t.Helper()
	if left, err := exec.Command("ip", "netns", "list").CombinedOutput(); err != nil || len(left) > 0 {
		t.Errorf("namespaces are left: %s, %v", left, err)
	}
	if all, err := os.ReadFile("/proc/sys/net/netfilter/nf_log_all_netns"); string(all) != "0\n" {
		t.Errorf("nf_log_all_netns is %q, %v", all, err)
	}
}

// TestNeedsRoot asks for root in one line. The script is where anybody may read it.
func TestNeedsRoot(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "iptables-log-for-all")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	text, err := os.ReadFile(script)
	if err := errors.Join(err, os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "log.sh"), text, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "log.sh"))
	cmd.Dir = dir
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.Output()
	if got := string(stderrOf(err)); got != "iptables-log: needs root: run it with sudo\n" || len(out) > 0 {
		t.Errorf("%v, it says %q", err, got)
	}
}
