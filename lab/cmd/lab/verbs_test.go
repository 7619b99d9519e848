package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/compare"
	"dialpath/lab/doctor"
	"dialpath/lab/kernel"
	"dialpath/lab/ring"
	"dialpath/lab/trace"
)

// The tests of this file run verbs in a guest, on whatever kernel it has, and hold what
// they show against what is known to have happened.

// udpConnect is the function by which UDP connects on a kernel.
func udpConnect(series string) string {
	part, _ := kernel.PartNamed(kernel.UDPConnect)
	v, _ := kernel.ParseVersion(series)
	return part.On(v)
}

// single tells whether a kernel has single kprobes alone. In a guest, to attach some hundred
// of them and to detach them takes a good part of a minute: the tour does it, and lab step.
func single(series string) bool { return newer("6.12", series) }

// lab runs the lab in this process.
func lab(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &complaints, lab: "lab"}
	status = execute(t.Context(), env, args)
	return status, out.String(), complaints.String()
}

// failed runs a verb in this process, and demands an exit status and what it complains of.
func failed(t *testing.T, want int, complaint string, args ...string) {
	t.Helper()
	if status, _, stderr := lab(t, args...); status != want || stderr != complaint {
		t.Errorf("lab %s: status %d, %q; want %d, %q", strings.Join(args, " "), status, stderr, want, complaint)
	}
}

// isProgress tells whether a line of news says how far the lab has come: on a slow machine
// there may be some anywhere.
func isProgress(line string) bool { return strings.HasSuffix(line, " so far") }

// once leaves out what is said twice in a row: on a slow machine TCP may repeat itself.
func once(all []string) []string { return slices.Compact(slices.Clone(all)) }

// handshake is what dialing and closing puts on the wire over TCP.
var handshake = []string{"SYN", "ACK", "ACK FIN", "ACK"}

func testDoctor(t *testing.T, series string) {
	r := asJSON[doctor.Report](t, "doctor")
	want := map[string]doctor.State{"kprobe": doctor.OK, "kprobe.multi": doctor.OK, "fentry": doctor.OK}
	backend := "kprobe.multi"
	if single(series) {
		want["kprobe.multi"], backend = doctor.NotNeeded, "kprobe"
	}
	for name, state := range want {
		if c, ok := r.Lookup(name); !ok || c.State != state {
			t.Errorf("%s is %q (%s), want %q", name, c.State, c.Found, state)
		}
	}
	if r.Guest || r.Backend != backend || !strings.HasPrefix(r.Kernel, series+".") {
		t.Errorf("the tour needs a guest: %v, the best backend is %s, on Linux %s; want %s", r.Guest, r.Backend, r.Kernel, backend)
	}
	failed(t, statusFailed, "", "doctor", "--needs-guest")
}

func testCompare(t *testing.T, series string) {
	args, hooked := []string{"compare", "dial-tcp", "dialudp"}, true
	if single(series) && !ring.More() {
		args, hooked = append(args, "-k", "tracepoint"), false
	}
	c := asJSON[compare.Comparison](t, args...)
	calls := func(kind compare.Kind, name string) [2]int {
		for _, r := range c.Summary {
			if r.Kind == kind && r.Name == name {
				return [2]int{int(r.A.Calls), int(r.B.Calls)}
			}
		}
		return [2]int{-1, -1}
	}
	same(t, "connect(2)", calls(compare.Syscall, "connect"), [2]int{1, 1})
	if hooked {
		same(t, "TCP connect", calls(compare.Hook, kernel.TCPConnect), [2]int{1, 0})
		same(t, "UDP connect", calls(compare.Hook, kernel.UDPConnect), [2]int{0, 1})
	}
	for _, r := range c.Summary {
		switch {
		case hooked && r.Kind == compare.Hook && r.Name == kernel.UDPConnect:
			same(t, "function that connects", r.B.Names, []string{udpConnect(series)})
		case r.Kind == compare.Packets:
			same(t, "packets over TCP", once(r.A.Packets), handshake)
			same(t, "packets over UDP", r.B.Packets, nil)
		}
	}
}

func testCount(t *testing.T) {
	type row struct {
		name          string
		role, context string
		calls         uint64
	}
	counted := func(args ...string) (rows []row) {
		all := asJSON[trace.Trace](t, append([]string{"count"}, args...)...)
		for _, f := range all.Functions {
			rows = append(rows, row{f.Base, string(f.Role), string(f.Context), f.Count})
		}
		return rows
	}
	equal := func(what string, got, want []row) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	equal("write-udp", counted("udp_sendmsg", "-w", "write-udp", "-n", "137"),
		[]row{{"udp_sendmsg", "client", "process", 137}, {"udp_sendmsg", "server", "process", 137}})
	equal("a command", counted("tcp_connect", "udp_sendmsg", "--", "lab", "run", "dial-tcp"),
		[]row{{"tcp_connect", "tracee", "process", 1}})
	equal("tracepoints", counted("net:net_dev_queue", "-w", "read-udp", "-n", "11"),
		[]row{{"net:net_dev_queue", "client", "process", 11}, {"net:net_dev_queue", "server", "process", 11}})

	// What a user has typed must be there, each.
	failed(t, statusFailed, "lab: no traceable kernel function matches \"zzz_*\": names are like udp_sendmsg, globs like 'udp_*'\n",
		"count", "udp_sendmsg", "zzz_*", "-w", "dialudp")
}

func testStack(t *testing.T, series string) {
	all := asJSON[trace.Trace](t, "stack", kernel.UDPConnect, "-w", "dialudp")
	if len(all.Stacks) != 1 || all.Stacks[0].Count != 1 || all.Stacks[0].Function != udpConnect(series) {
		t.Fatalf("stacks %+v, want one, of one call of %s", all.Stacks, udpConnect(series))
	}
	var names []string
	for _, f := range all.Stacks[0].Frames {
		names = append(names, f.Name)
	}
	for _, name := range []string{"__sys_connect", "syscall.connect", "net.(*netFD).connect", "net.(*sysDialer).dialUDP", "dialpath/lab/workload.dialUDPConn"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not on the stack %q", name, names)
		}
	}
}

// testHooks shows each call of a dial and a write, and of the answer to it.
func testHooks(t *testing.T, kernel string) {
	text := said(t, "hooks", "-w", "write-udp")
	for call, want := range map[string]int{
		udpConnect(kernel) + ` +10\.0\.0\.2:1337 +0 +0`: 1,
		`udp_sendmsg +10\.0\.0\.2:1337 +9 +9`:           1,
		`__skb_recv_udp +10\.0\.0\.1:\d+ +9 +9`:         1,
		`udp_sendmsg +10\.0\.0\.1:\d+ +9 +9`:            1,
		`tcp_connect`:                                   0,
	} {
		if n := len(regexp.MustCompile(` write-udp +`+call+`\n`).FindAllString(text, -1)); n != want {
			t.Errorf("%d lines of %s, want %d:\n%s", n, call, want, text)
		}
	}
}

func testPackets(t *testing.T) {
	of := func(workload string) (sent []string) {
		for _, p := range asJSON[trace.Trace](t, "packets", "-w", workload).Packets {
			if p.Role == trace.Client && p.Direction == trace.Out {
				sent = append(sent, strings.TrimSpace(fmt.Sprint(p.Protocol, " ", p.Flags)))
			}
		}
		return sent
	}
	same(t, "dial-tcp", once(of("dial-tcp")), []string{"TCP SYN", "TCP ACK", "TCP ACK FIN", "TCP ACK"})
	same(t, "dialudp", of("dialudp"), nil)
}
