package probes

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dialpath/lab/ring"
)

// The tests here need no kprobes: what they are about, whom to trace and in what
// context, is the same for every backend.

// A helper is this test binary, run as a process of its own that sends datagrams
// when told to. It is how tests get processes whose work is known.
const helperEnv = "PROBES_TEST_HELPER"

// TestHelperProcess is the helper's part: it sends so many datagrams, or has a
// child, or a grandchild, do it.
func TestHelperProcess(t *testing.T) {
	order := os.Getenv(helperEnv)
	if order == "" {
		return // not a helper
	}
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadString('\n')
	if order == "fragments" {
		sendFragments(t)
		return
	}
	if address, ok := strings.CutPrefix(order, "dial "); ok {
		_, err := net.Dial("tcp4", address)
		check(t, err)
		os.Exit(0) // leaving the connection to the kernel
	}
	n, generations, _ := strings.Cut(order, "/")
	depth, _ := strconv.Atoi(generations)
	if depth > 0 {
		child := helper(t, nil, fmt.Sprintf("%s/%d", n, depth-1))
		child.release()
		child.wait()
		return
	}
	count, _ := strconv.Atoi(n)
	sendDatagrams(t, count)
}

type helperProcess struct {
	t   *testing.T
	cmd *exec.Cmd
	in  interface{ Close() error }
}

// helper starts a helper, which waits to be released.
func helper(t *testing.T, attr *syscall.SysProcAttr, order string) *helperProcess {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestHelperProcess$")
	cmd.Env = append(os.Environ(), helperEnv+"="+order)
	cmd.SysProcAttr = attr
	in, err := cmd.StdinPipe()
	check(t, err)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the helper said %q, %v", line, err)
	}
	return &helperProcess{t, cmd, in}
}

func (h *helperProcess) release() { h.in.Close() }

func (h *helperProcess) wait() {
	h.t.Helper()
	if err := h.cmd.Wait(); err != nil {
		h.t.Errorf("helper: %v", err)
	}
}

// watched lets a helper go under an open gate, and returns what was seen of it.
func watched(t *testing.T, s *Session, h *helperProcess, role Role) *Seen {
	t.Helper()
	check(t, s.Admit(h.cmd.Process.Pid, role))
	check(t, s.Start())
	h.release()
	h.wait()
	check(t, s.Stop())
	seen, err := s.Read()
	check(t, err)
	return seen
}

// sends returns how many datagrams were sent in process context, by role.
func sends(seen *Seen) map[Role]uint64 {
	sum := make(map[Role]uint64)
	for _, c := range seen.Counts {
		if c.Function.Name == "sock:sock_send_length" && c.Context == 0 {
			sum[c.Role] += c.Calls
		}
	}
	return sum
}

func openTracepoints(t *testing.T, opts Options) *Session {
	t.Helper()
	opts.Backend, opts.Functions = Tracepoint, []string{"sock:*"}
	s, err := Open(opts)
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// Each process counts for its own role, and a stranger for none.
func TestRolesAreApart(t *testing.T) {
	ring.Root(t)
	s := openTracepoints(t, Options{})
	client, server, stranger := helper(t, nil, "11"), helper(t, nil, "7"), helper(t, nil, "5")
	check(t, s.Admit(client.cmd.Process.Pid, Client))
	check(t, s.Admit(server.cmd.Process.Pid, Server))
	check(t, s.Start())
	for _, h := range []*helperProcess{client, server, stranger} {
		h.release()
		h.wait()
	}
	check(t, s.Stop())
	seen, err := s.Read()
	check(t, err)
	if got := sends(seen); len(got) != 2 || got[Client] != 11 || got[Server] != 7 {
		t.Errorf("sent %v, want 11 by the client and 7 by the server", got)
	}
}

// Children and their children count, threads do not need to.
func TestDescendantsAreTraced(t *testing.T) {
	ring.Root(t)
	s := openTracepoints(t, Options{})
	parent := helper(t, nil, "13/2")
	seen := watched(t, s, parent, Tracee)
	if got := sends(seen); got[Tracee] != 13 {
		t.Errorf("sent %v, want 13 by the grandchild", got)
	}
}

// A process in a PID namespace below the lab's is known by its number here.
func TestProcessInPIDNamespaceIsTraced(t *testing.T) {
	ring.Root(t)
	s := openTracepoints(t, Options{})
	inside := helper(t, &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}, "9")
	seen := watched(t, s, inside, Tracee)
	if got := sends(seen); got[Tracee] != 9 {
		t.Errorf("sent %v, want 9", got)
	}
}

// The lab itself in a PID namespace, as in a container: there the numbers are not
// the kernel's own.
func TestLabInPIDNamespace(t *testing.T) {
	ring.Root(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^(TestRolesAreApart|TestDescendantsAreTraced|TestProcessInPIDNamespaceIsTraced)$", "-test.v")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") != 3 {
		t.Errorf("%v\n%s", err, out)
	}
}

// Without a filter everybody counts.
func TestEverybody(t *testing.T) {
	ring.Root(t)
	s := openTracepoints(t, Options{Everybody: true})
	anyone := helper(t, nil, "23")
	check(t, s.Start())
	anyone.release()
	anyone.wait()
	check(t, s.Stop())
	seen, err := s.Read()
	check(t, err)
	if got := sends(seen); got[Any] < 23 {
		t.Errorf("sent %v, want at least the 23 of the helper", got)
	}
}

// What is sent over loopback is received in the sender's own system call, in
// NET_RX, and must be told apart.
func TestReceiveWorkIsNetRX(t *testing.T) {
	ring.Root(t)
	s, err := Open(Options{Functions: []string{"sock:sk_data_ready"}, Backend: Tracepoint})
	check(t, err)
	defer s.Close()
	seen := window(t, s, func() { sendDatagrams(t, datagrams) })
	var netRX uint64
	for _, c := range seen.Counts {
		if c.Context.String() != "NET_RX" {
			t.Errorf("%v: data arrived in context %v", c, c.Context)
		}
		netRX += c.Calls
	}
	if netRX != datagrams {
		t.Errorf("%d datagrams arrived in NET_RX, want %d", netRX, datagrams)
	}
}

// Packets of a conversation that a traced process began are seen both ways, those
// of others are not.
func TestPacketsOfAProcess(t *testing.T) {
	ring.Root(t)
	s, err := Open(Options{Packets: true})
	check(t, err)
	defer s.Close()
	stranger := helper(t, nil, "5")
	seen := window(t, s, func() {
		sendDatagrams(t, 3)
		stranger.release()
		stranger.wait()
	})
	var out, in int
	for _, p := range seen.Packets {
		if p.Device != "lo" || p.Protocol != syscall.IPPROTO_UDP || p.Length != 20+8+len("something") || p.Role != Client {
			t.Errorf("packet %+v is not the client's datagram", p)
		}
		if p.Incoming {
			in++
		} else {
			out++
		}
	}
	// What arrives on loopback is the flow's other direction: it belongs to the
	// receiver, who has sent nothing.
	if out != 3 || in != 0 {
		t.Errorf("%d packets out and %d in, want 3 and 0", out, in)
	}
}

// System calls are seen with their results and addresses.
func TestSyscalls(t *testing.T) {
	ring.Root(t)
	s, err := Open(Options{Syscalls: true})
	check(t, err)
	defer s.Close()
	var peer *net.UDPConn
	seen := window(t, s, func() {
		peer = listenUDP(t)
		defer peer.Close()
		conn, err := net.DialUDP("udp4", nil, peer.LocalAddr().(*net.UDPAddr))
		check(t, err)
		conn.Close()
	})
	var connects []Syscall
	for _, c := range seen.Syscalls {
		if c.Name == "connect" {
			connects = append(connects, c)
		}
	}
	if len(connects) != 1 || connects[0].Address != endpoint(peer.LocalAddr()) || connects[0].Return != 0 || connects[0].Duration <= 0 {
		t.Errorf("connect calls %+v, want one to %v that returned 0", connects, peer.LocalAddr())
	}
}
