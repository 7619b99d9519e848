package view_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
	"dialpath/lab/view"
)

func init() {
	for _, recording := range []string{"dial-tcp", "dialudp", "tracepoint", "hostile"} {
		shown["tree-"+recording] = func(t testing.TB, w io.Writer) error {
			return view.Tree(w, load(t, recording), true, view.Style{})
		}
	}
	for _, step := range []string{"dialudp", "dial-tcp"} {
		shown["tree-step-"+step] = func(t testing.TB, w io.Writer) error {
			return view.Tree(w, loadStep(t, step), false, view.Style{Unfold: "kernel all"})
		}
		shown["tree-step-"+step+"-all"] = func(t testing.TB, w io.Writer) error {
			return view.Tree(w, loadStep(t, step), true, view.Style{})
		}
	}
}

// loadStep reads what one step of a workload ran, from a file of stacks: a line each.
func loadStep(t testing.TB, name string) *trace.Trace {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "step-"+name+".stacks"))
	if err != nil {
		t.Fatal(err)
	}
	read := emptyStep(name)
	for line := range strings.Lines(string(text)) {
		if line[0] != '#' {
			read.Stacks = append(read.Stacks, parseStack(t, line, int64(len(read.Stacks))))
		}
	}
	if name == "dial-tcp" {
		read.Packets = slices.DeleteFunc(load(t, name).Packets, func(p trace.Packet) bool { return p.Flags.Has(trace.FIN) })
	}
	return read
}

// emptyStep is a step that ran nothing.
func emptyStep(workload string) *trace.Trace {
	return &trace.Trace{
		Target:  trace.Target{Workload: workload},
		Backend: trace.Backend{Name: "kprobe.multi"},
		Stacks:  []trace.Stack{}, Packets: []trace.Packet{},
		Honesty: trace.Honesty{Matched: 452, Attached: 452},
	}
}

// parseStack reads "role context count: kernel frames | frames of the program", leaf first.
func parseStack(t testing.TB, line string, at int64) trace.Stack {
	t.Helper()
	about, frames, _ := strings.Cut(line, ":")
	s := trace.Stack{First: at}
	if _, err := fmt.Sscan(about, &s.Role, &s.Context, &s.Count); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	kind := trace.Kernel
	for _, name := range strings.Fields(frames) {
		if name == "|" {
			kind = trace.User
			continue
		}
		s.Frames = append(s.Frames, trace.Frame{Name: name, Kind: kind})
	}
	s.Function = s.Frames[0].Name
	return s
}

// A tree is the same in whichever order the stacks are listed: the time counts.
func TestTreeOrder(t *testing.T) {
	t.Parallel()
	read := loadStep(t, "dial-tcp")
	want := tree(t, read, true)
	slices.Reverse(read.Stacks)
	if diff := cmp.Diff(want, tree(t, read, true)); diff != "" {
		t.Errorf("reversed (-want +got):\n%s", diff)
	}
}

func tree(t testing.TB, read *trace.Trace, all bool) string {
	t.Helper()
	var got bytes.Buffer
	if err := view.Tree(&got, read, all, view.Style{}); err != nil {
		t.Fatal(err)
	}
	return got.String()
}

// Where nothing ran, nothing was reached, or nothing was recorded, one line says so.
func TestTreeOfNothing(t *testing.T) {
	t.Parallel()
	const unseen = "functions that lead to no tracepoint"
	for _, test := range []struct {
		name string
		set  func(*trace.Trace)
		want string
	}{
		{"functions", func(*trace.Trace) {},
			"kernel: this step ran none of the 452 functions watched\n  packets: none left\n"},
		{"without packets", func(s *trace.Trace) { s.Packets = nil },
			"kernel: this step ran none of the 452 functions watched\n"},
		{"tracepoints", func(s *trace.Trace) { s.Backend.Name, s.Packets, s.Honesty.Unseen = "tracepoint", nil, unseen },
			"kernel: this step reached none of the 452 tracepoints watched\n  not seen: " + unseen + "\n"},
		{"lost", func(s *trace.Trace) { s.Packets, s.Honesty.Lost = nil, 2 },
			"kernel: this step ran none of the 452 functions watched\n  lost 2 events: there was no room left for what was seen\n"},
		{"not recorded", func(s *trace.Trace) { s.Stacks = nil },
			"This trace holds no stacks: they were not recorded.\n"},
	} {
		step := emptyStep("dialudp")
		test.set(step)
		if diff := cmp.Diff(test.want, tree(t, step, false)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Each stack is cut where it begins to say something, and headed by who made the call.
func TestTreeRoutes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ stack, want string }{
		// arm64, and a program that is not Go.
		{"tracee process 2: udp_sendmsg __sys_sendto __arm64_sys_sendto invoke_syscall el0_svc_common.constprop.0 do_el0_svc el0_svc el0t_64_sync_handler el0t_64_sync | sendto main",
			"sendto(2) → __sys_sendto → udp_sendmsg ×2"},
		// A wrapper that ended in a jump; a caller behind Go's packages for system calls.
		{"tracee process 1: udp_sendmsg sock_write_iter vfs_write ksys_write do_syscall_64 entry_SYSCALL_64_after_hwframe | syscall.Write internal/poll.(*FD).Write net.(*netFD).Write net.(*conn).Write",
			"net.(*netFD).Write: write(2) → ksys_write → vfs_write → sock_write_iter\n      → udp_sendmsg ×1"},
		// An address of which nothing is known is nobody's name.
		{"tracee process 1: tcp_close __x64_sys_close do_syscall_64 | 0x7f00.1", "close(2) → tcp_close ×1"},
		// What runs in no system call: an interrupt, a kernel thread.
		{"tracee process 1: tcp_write_timer asm_sysvec_apic_timer_interrupt", "asm_sysvec_apic_timer_interrupt → tcp_write_timer ×1"},
		{"tracee NET_RX 1: udp_rcv net_rx_action __do_softirq do_softirq udp_sendmsg ksys_write do_syscall_64",
			"in NET_RX (packets that arrived), a softirq on the process's thread:\n    net_rx_action → udp_rcv ×1"},
	} {
		step := emptyStep("")
		step.Target, step.Packets = trace.Target{PID: 4711}, nil
		step.Stacks = append(step.Stacks, parseStack(t, test.stack, 0))
		_, got, _ := strings.Cut(tree(t, step, false), "watched\n")
		if diff := cmp.Diff("  "+test.want+"\n", got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.stack, diff)
		}
	}
}

// What is there by chance is a step's own only if all is asked for.
func TestChance(t *testing.T) {
	t.Parallel()
	step := emptyStep("")
	step.Target = trace.Target{PID: 4711}
	for i, line := range []string{
		"tracee process 1: udp_poll do_epoll_wait __x64_sys_epoll_pwait do_syscall_64 | runtime.netpoll",
		"tracee TIMER 1: tcp_orphan_update call_timer_fn run_timer_softirq handle_softirqs",
		"tracee RCU 1: udp_destruct_sock rcu_do_batch rcu_core handle_softirqs",
	} {
		step.Stacks = append(step.Stacks, parseStack(t, line, int64(i)))
	}
	if view.Ran(step, false) || !view.Ran(step, true) {
		t.Error("what is there by chance counts as the step's own, or not even with all")
	}
	if got, want := tree(t, step, false), "kernel: this step ran none of the 452 functions watched\n  packets: none left\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	step.Stacks = append(step.Stacks, parseStack(t, "tracee NET_RX 1: ip_rcv net_rx_action handle_softirqs", 9))
	if !view.Ran(step, false) {
		t.Error("what arrives in a softirq does not count")
	}
}

// Colour changes nothing but colour.
func TestTreeColour(t *testing.T) {
	t.Parallel()
	step := loadStep(t, "dial-tcp")
	var coloured bytes.Buffer
	if err := view.Tree(&coloured, step, false, view.Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree(t, step, false), uncolour(coloured.String())); diff != "" {
		t.Errorf("(-plain +coloured):\n%s", diff)
	}
	if !strings.Contains(coloured.String(), "\x1b[1mtcp_connect\x1b[0m ×1") {
		t.Error("a function that was hit is not bold")
	}
}
