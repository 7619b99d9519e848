package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dialpath/lab/ring"
)

// TestStep debugs workloads, which are in the lab as it is built for users.
func TestStep(t *testing.T) {
	ring.Root(t)
	lab := filepath.Join(ring.Build(t), "lab")
	t.Run("workload", func(t *testing.T) { testStep(t, lab) })
	t.Run("killed", func(t *testing.T) { testStepKilled(t, lab) })
	t.Run("forbidden", func(t *testing.T) { testStepForbidden(t, lab) })
}

// testStep steps through a workload. Delve does not promise when it asks for what the
// lab uses to put in its own words, so the order of things is held here.
func testStep(t *testing.T, lab string) {
	d := debug(t, lab, "dialudp")
	begin := d.until(prompt)
	roles := regexp.MustCompile(`^client: process (\d+), under the debugger; server: process (\d+), running free at 10\.0\.0\.2:1337\n`).FindStringSubmatch(begin)
	if roles == nil || !strings.Contains(begin, "\n=>  27:\tfunc dialUDPConn(") || strings.Contains(begin, "kernel:") {
		t.Errorf("it begins with\n%s", begin)
	}
	if got, want := d.do("kernel"), "kernel: no step has been made yet: try next\n"; got != want {
		t.Errorf("before any step, kernel says %q, want %q", got, want)
	}
	const none = "kernel: this step reached none of the 10 tracepoints watched\n  packets: none left\n"
	stop := d.do("break dialUDPConn:5") + d.do("continue")
	shown(t, stop, "=>  32:\t\tconn, err := net.DialUDP(", none)

	const tree = "kernel: 1 tracepoint, 2 hits, of the 10 tracepoints watched\n  net.(*netFD).connect: connect(2) → "
	stop = d.do("next")
	shown(t, stop, "=>  33:\t\tif err != nil {", tree)
	if !strings.Contains(stop, "fib:fib_table_lookup ×1\n  packets: none left\n") {
		t.Errorf("next over net.DialUDP shows\n%s", stop)
	}
	_, tail, _ := strings.Cut(stop, "\nkernel: ")
	if again := d.do("kernel"); again != "kernel: "+tail {
		t.Errorf("kernel shows %q, and the step %q", again, tail)
	}
	if all := d.do("kernel all"); !strings.HasPrefix(all, "kernel: ") || !strings.Contains(all, "fib:fib_table_lookup") {
		t.Errorf("kernel all shows %q", all)
	}
	if help := d.do("help kernel"); !strings.Contains(help, "kernel off    do not show it after each step") {
		t.Errorf("help kernel shows %q", help)
	}
	if got, want := d.do("kernel bogus"), "kernel bogus: it is kernel, kernel all, kernel on or kernel off\n"; got != want {
		t.Errorf("kernel bogus says %q, want %q", got, want)
	}
	d.do("kernel off")
	if stop := d.do("next"); strings.Contains(stop, "kernel") {
		t.Errorf("switched off, it shows\n%s", stop)
	}
	d.do("kernel on")
	for _, command := range []string{"step-instruction", "step", "stepout"} {
		shown(t, d.do(command), "=>", "kernel: ")
	}
	d.leave()
	for i, role := range []string{"client", "server"} {
		eventually(t, "the "+role+" is gone", func() bool { return childGone(roles[i+1]) })
	}
}

// shown demands that a stop shows the source first, then the kernel, and nothing after.
func shown(t *testing.T, stop, source, kernel string) {
	t.Helper()
	_, after, listed := strings.Cut(stop, "\n"+source)
	before, tail, found := strings.Cut(after, "\nkernel: ")
	if !listed || !found || !strings.HasPrefix("kernel: "+tail, kernel) || strings.Contains(before, "(dlv") {
		t.Errorf("want the source with %q, then %q, in\n%s", source, kernel, stop)
	}
	for line := range strings.Lines(tail) {
		if !strings.HasPrefix(line, "  ") && line != strings.SplitAfter(tail, "\n")[0] {
			t.Errorf("after the kernel there is %q", line)
		}
	}
}

// testStepLive steps over the calls of the article's client with kprobes, single or
// multiple, and then where debugging is forbidden.
func testStepLive(t *testing.T, kernel string) {
	status, out, complaints := shell(t, "", "lab step echo-udp --script "+inKit("echo-udp.dlv"))
	if status != statusDone {
		t.Fatalf("status %d\n%s\n%s", status, complaints, out)
	}
	// Single kprobes leave some functions out, and that is said.
	for news := range strings.Lines(complaints) {
		if isProgress(strings.TrimSuffix(news, "\n")) {
			continue
		}
		if newer(kernel, "6.1") || !strings.HasPrefix(news, "not watched: ") ||
			!strings.HasSuffix(news, ": several functions share the name, which only kprobe.multi can tell apart\n") {
			t.Errorf("its news are %q", news)
		}
	}
	steps := strings.Split(out, "(dlv) next\n")[1:]
	want := [][]string{ // functions and packets of each step
		{udpConnect(kernel) + " ×1\n", "udp_init_sock ×1\n", "  packets: none left\n"},
		{"udp_sendmsg ×1\n", "ip_send_skb ×1\n", "  in NET_RX (packets that arrived), a softirq on the client's thread:\n",
			"ip_rcv ×1\n", "udp_rcv ×1\n", "  packets that left:\n", " [UDP] IN= OUT=veth0 SRC=10.0.0.1 DST=10.0.0.2 LEN=35\n"},
		{"udp_recvmsg ×1\n", "__skb_recv_udp ×1\n", "  packets: none left\n"},
	}
	if len(steps) != len(want) {
		t.Fatalf("%d steps, want %d, in\n%s", len(steps), len(want), out)
	}
	for i, words := range want {
		step, _, _ := strings.Cut(steps[i], "(dlv) ")
		for _, word := range words {
			if strings.Count(step, word) != 1 {
				t.Errorf("step %d: not exactly one %q in\n%s", i+1, word, step)
			}
		}
	}
	if err := os.WriteFile("/proc/sys/kernel/yama/ptrace_scope", []byte("3"), 0); err != nil {
		t.Fatal(err)
	}
	status, _, complaints = shell(t, "", "lab step dialudp")
	forbidden := "lab: debug the lab itself: this machine lets nobody debug (kernel.yama.ptrace_scope is 3, which only a reboot changes)\n"
	if status != statusFailed || complaints != forbidden {
		t.Errorf("where it is forbidden: status %d, %q, want %q", status, complaints, forbidden)
	}
}
