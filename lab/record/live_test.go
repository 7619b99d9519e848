package record

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dialpath/lab/kernel"
	"dialpath/lab/ring"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// datagrams is the known truth of these tests: so many are sent, so many must be
// seen. A prime, so that no batch or page size divides it.
const datagrams = 137

// visible is what can be recorded on every kernel.
var visible = probes.Options{Packets: true, Syscalls: true}

// do makes one recording.
func do(t *testing.T, wanted probes.Options, opts Options) *trace.Trace {
	t.Helper()
	return doAll(t, wanted, opts)[0]
}

// doAll makes recordings with probes that are attached once.
func doAll(t *testing.T, wanted probes.Options, each ...Options) (traces []*trace.Trace) {
	t.Helper()
	err := Run(t.Context(), wanted, each, func(recorded []*trace.Trace) error {
		traces = recorded
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range traces {
		if tr.Honesty.Lost != 0 {
			t.Errorf("%d events were lost", tr.Honesty.Lost)
		}
	}
	return traces
}

// of is a workload that does its thing so often.
func of(t *testing.T, name string, times int) Options {
	t.Helper()
	w, err := workload.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Target: stage.Target{Workload: &w, Times: times}}
}

// TestSent is what the client of each workload puts on the wire, and nothing else.
func TestSent(t *testing.T) {
	ring.Root(t)
	tests := []struct {
		workload string
		times    int
		want     []string
	}{
		{"dial-tcp", 1, []string{"SYN", "ACK", "ACK FIN", "ACK"}},
		{"dial-udp", 5, nil},
		{"dialudp", 5, nil},
		{"listenudp", 3, []string{"UDP 37", "UDP 37", "UDP 37"}},
		{"write-udp", 2, []string{"UDP 37", "UDP 37"}},
		{"read-udp", 2, []string{"UDP 37", "UDP 37"}},
		{"echo-udp", 2, []string{"UDP 35", "UDP 35"}},
	}
	var each []Options
	for _, test := range tests {
		each = append(each, of(t, test.workload, test.times))
	}
	for i, tr := range doAll(t, visible, each...) {
		test := tests[i]
		var got []string
		for _, p := range tr.Sent(trace.Client) {
			if p.Source.Addr().String() != "10.0.0.1" || p.Dest.String() != "10.0.0.2:1337" || p.Device != "veth0" {
				t.Errorf("%s sent a packet from %s to %s by %s", test.workload, p.Source, p.Dest, p.Device)
			}
			what := p.Flags.String()
			if p.Protocol == trace.UDP {
				what = "UDP " + strconv.Itoa(p.Length)
			}
			// On a slow machine TCP may say a thing twice.
			if p.Protocol != trace.TCP || len(got) == 0 || got[len(got)-1] != what {
				got = append(got, what)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s sent (- want, + got):\n%s", test.workload, diff)
		}
		if want := (trace.Target{Workload: test.workload, Call: tr.Target.Call, Times: test.times}); !reflect.DeepEqual(tr.Target, want) {
			t.Errorf("the target is %+v, want %+v", tr.Target, want)
		}
	}
}

// TestSilence has a network with nobody to send anything: the kernel's own packets,
// such as IPv6 and ARP send, would disturb every lesson.
func TestSilence(t *testing.T) {
	ring.Root(t)
	for _, tr := range doAll(t, visible, of(t, "dialudp", 1), of(t, "dial-tcp", 1)) {
		for _, p := range tr.Packets {
			ends := [2]netip.AddrPort{p.Source, p.Dest}
			if p.Role == trace.Any || p.Protocol != "TCP" || tr.Target.Workload != "dial-tcp" {
				t.Errorf("%s: a packet that is not the workload's: %s %v", tr.Target.Workload, p.Protocol, ends)
			}
		}
	}
}

// TestFirstLine sees the client from its first line to its last, under its own name.
func TestFirstLine(t *testing.T) {
	ring.Root(t)
	traces := doAll(t, visible, of(t, "dialudp", 1), of(t, "dial-udp", 1))
	var lines [2][]string
	for i, tr := range traces {
		for _, c := range tr.SocketCalls(trace.Client) {
			if c.Comm != tr.Target.Workload {
				t.Errorf("%s was called by %q, want %q", c.Name, c.Comm, tr.Target.Workload)
			}
			if c.Name == "getsockname" {
				c.Address = netip.AddrPortFrom(c.Address.Addr(), 0) // the port is any that was free
			}
			lines[i] = append(lines[i], fmt.Sprint(c.Name, c.Family, c.Type, c.NonBlocking, c.CloseOnExec, c.Address, c.Option.Option, c.Size))
		}
	}
	if diff := cmp.Diff(lines[0], lines[1]); diff != "" {
		t.Errorf("system calls of DialUDP and Dial (- DialUDP, + Dial):\n%s", diff)
	}
	calls := traces[0].SocketCalls(trace.Client)
	if len(calls) == 0 || calls[0].Name != "socket" || calls[0].Family != kernel.Inet || calls[0].Type != kernel.Datagram || !calls[0].NonBlocking || !calls[0].CloseOnExec {
		t.Fatalf("system calls %+v, want them to begin with that of a UDP socket that does not block", calls)
	}
	if last := calls[len(calls)-1]; last.Name != "close" {
		t.Errorf("the last system call is %+v, want close", last)
	}
}

// TestCommand counts what a command's threads and children did.
func TestCommand(t *testing.T) {
	ring.Root(t)
	const children = 2
	addr := sink(t)
	tr := do(t, visible, asCommand("send", addr, strconv.Itoa(datagrams), strconv.Itoa(children)))
	sent(t, tr, addr, datagrams*(1+children))
}

// TestProcess has a process that was there before send, and children born later.
func TestProcess(t *testing.T) {
	ring.Root(t)
	const children = 2
	addr := sink(t)
	pid, proceed := waiting(t, "send", addr, strconv.Itoa(datagrams), strconv.Itoa(children))
	tr := do(t, visible, atReady(Options{Target: stage.Target{PID: pid}}, proceed))
	sent(t, tr, addr, datagrams*(1+children))
	if want := (trace.Target{PID: pid}); !reflect.DeepEqual(tr.Target, want) {
		t.Errorf("the target is %+v, want %+v", tr.Target, want)
	}
}

// TestTrial: what came of a learner's program is in the trace.
func TestTrial(t *testing.T) {
	ring.Root(t)
	program := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-X main.act=leave", "-o", program, "../stage/testdata/cell")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	trial := &stage.Trial{Exercise: "silent-dial", Program: program, Peer: "nobody", Limit: 5 * time.Minute}
	got := do(t, visible, Options{Target: stage.Target{Trial: trial}}).Target
	want := trace.Target{
		Exercise: "silent-dial", Role: trace.Client,
		Output: "dial tcp 192.0.2.1:80: connect: network is unreachable\n", Ended: "exit status 1",
		Server: netip.MustParseAddrPort("10.0.0.2:1337"),
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Errorf("the target (- want, + got):\n%s", diff)
	}
}

// sent asserts how many datagrams were written, and how many packets left.
func sent(t *testing.T, tr *trace.Trace, addr string, want int) {
	t.Helper()
	var writes, packets int
	for _, c := range tr.Syscalls {
		if c.Role == trace.Tracee && c.Name == "write" && c.Return == 9 {
			writes++
		}
	}
	for _, p := range tr.Sent(trace.Tracee) {
		if p.Dest.String() == addr {
			packets++
		}
	}
	if writes != want || packets != want {
		t.Errorf("%d writes and %d packets, want %d of each", writes, packets, want)
	}
}

// TestBarrier has a command not run before the gate is open.
func TestBarrier(t *testing.T) {
	ring.Root(t)
	ran := filepath.Join(t.TempDir(), "ran")
	opts := atReady(Options{Target: stage.Target{Command: []string{"touch", ran}}}, func() {
		if _, err := os.Stat(ran); err == nil {
			t.Error("the command ran before it was let go")
		}
	})
	do(t, visible, opts)
	if _, err := os.Stat(ran); err != nil {
		t.Errorf("the command did not run: %v", err)
	}
}

// TestDeath ends the recording with the process.
func TestDeath(t *testing.T) {
	ring.Root(t)
	pid, _ := waiting(t, "send", sink(t), "1", "0")
	tr := do(t, visible, atReady(Options{Target: stage.Target{PID: pid}}, func() { syscall.Kill(pid, syscall.SIGKILL) }))
	if len(tr.Packets) > 0 {
		t.Errorf("packets of a process that sent none: %v", tr.Packets)
	}
}

// TestMistake is found before any probe is attached, which takes root.
func TestMistake(t *testing.T) {
	opts := Options{Target: stage.Target{Command: []string{"no-such-command"}}}
	err := Run(t.Context(), visible, []Options{opts}, nil)
	if want := "run no-such-command: there is no such command in PATH"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestInterrupted has nothing to show before the first window, and what was seen
// until then after it.
func TestInterrupted(t *testing.T) {
	ring.Root(t)
	endless := of(t, "dial-tcp", 1<<30)
	ctx, cancel := context.WithCancel(t.Context())
	var traces []*trace.Trace
	use := func(recorded []*trace.Trace) error {
		traces = recorded
		return nil
	}
	// A time in which a busy machine has the client do something must be found.
	inTime := endless
	for inTime.Duration = 100 * time.Millisecond; ; inTime.Duration *= 2 {
		if err := Run(ctx, visible, []Options{inTime}, use); err != nil {
			t.Fatal(err)
		}
		sent := traces[0].Sent(trace.Client)
		if len(sent) == 0 && inTime.Duration < 10*time.Second {
			continue
		}
		if len(sent) == 0 || sent[0].Flags != trace.SYN {
			t.Errorf("the client began with %v, want a SYN", sent)
		}
		break
	}

	// Of two recordings, the second is missing.
	traces = nil
	second := atReady(of(t, "dialudp", 1), cancel)
	if err := Run(ctx, visible, []Options{of(t, "dialudp", 1), second}, use); !errors.Is(err, ErrInterrupted) || traces != nil {
		t.Errorf("error %v, traces %v, want none and %v", err, traces, ErrInterrupted)
	}
	if err := Run(ctx, visible, []Options{endless}, use); !errors.Is(err, ErrInterrupted) || traces != nil {
		t.Errorf("error %v, traces %v, want none and %v", err, traces, ErrInterrupted)
	}
}
