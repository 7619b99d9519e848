package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/compare"
	"dialpath/lab/doctor"
	"dialpath/lab/exercise"
	"dialpath/lab/kernel"
	"dialpath/lab/ring"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
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
	status = run(t.Context(), env, args)
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

// happening is a line of a timeline.
var happening = regexp.MustCompile(`(?m)^ *[0-9.]+ +(?:\+[0-9.]+ +)?(client|server|tracee|other) +(.*)$`)

// happenings are who did what, in order.
func happenings(text string) (all []string) {
	for _, m := range happening.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1]+" "+m[2])
	}
	return all
}

// inOrder demands that all of the wanted happened, each after the one before. They are
// beginnings of lines.
func inOrder(t *testing.T, got []string, wanted ...string) {
	t.Helper()
	rest := got
	for _, want := range wanted {
		i := slices.IndexFunc(rest, func(line string) bool { return strings.HasPrefix(line, want) })
		if i < 0 {
			t.Errorf("%q did not happen, or not in that order:\n%s", want, strings.Join(got, "\n"))
			return
		}
		rest = rest[i+1:]
	}
}

// howOften counts the lines that are just so.
func howOften(all []string, line string) (n int) {
	for _, one := range all {
		if one == line {
			n++
		}
	}
	return n
}

func testTimeline(t *testing.T, series string) {
	echo := happenings(said(t, "timeline", "echo-udp"))
	inOrder(t, echo, "server bind(", "client connect(", "client "+udpConnect(series), "client connect returns 0",
		"client write(", "client udp_sendmsg", "client ip_send_skb", "client ▶ leaves by veth0: UDP, 35 bytes", "server ◀ arrives on veth1: UDP, 35 bytes",
		"server recvfrom returns 7", "server sendto(", "server udp_sendmsg", "server ▶ leaves by veth1: UDP, 35 bytes",
		"client ◀ arrives on veth0: UDP, 35 bytes", "client recvfrom returns 7", "client close(")
	inOrder(t, echo, "server recvfrom(", "server udp_recvmsg", "server __skb_recv_udp", "server recvfrom returns 7")
	inOrder(t, echo, "client write(", "client write returns 7", "client recvfrom(", "client udp_recvmsg", "client __skb_recv_udp", "client recvfrom returns 7")
	for line, want := range map[string]int{"client " + udpConnect(series): 1, "client udp_sendmsg": 1, "server udp_sendmsg": 1} {
		if howOften(echo, line) != want {
			t.Errorf("%q happened %d times, want %d", line, howOften(echo, line), want)
		}
	}
	tcp := happenings(said(t, "timeline", "-w", "echo-tcp"))
	inOrder(t, tcp, "client connect(", "client tcp_connect", "client __tcp_transmit_skb", "client ▶ leaves by veth0: TCP SYN, 60 bytes",
		"client ◀ arrives on veth0: TCP ACK SYN, 60 bytes", "client tcp_finish_connect", "client write(", "client tcp_sendmsg", "client write returns 7")
	// Another thread of the client's may have read before the one that has written is back.
	inOrder(t, tcp, "client tcp_sendmsg", "client read(", "client read returns 7")
	inOrder(t, tcp, "server inet_csk_accept", "server accept4 returns 8", "server read returns 7", "server write returns 7", "server read returns 0", "server close(8)")

	dial := said(t, "timeline", "dialudp", "--explain")
	if n := howOften(happenings(dial), "client "+udpConnect(series)); n != 1 {
		t.Errorf("%d lines of %s, want 1:\n%s", n, udpConnect(series), dial)
	}
	for _, never := range []string{"udp_sendmsg", "leaves by", "no such function"} {
		if strings.Contains(dial, never) {
			t.Errorf("a dial has %q:\n%s", never, dial)
		}
	}
	if !strings.Contains(dial, "\n"+udpConnect(series)+"\n    ") {
		t.Errorf("what %s does is not explained:\n%s", udpConnect(series), dial)
	}
	testTimelineTargets(t, series)
}

// testTimelineTargets has timelines of a command, and of all functions.
func testTimelineTargets(t *testing.T, series string) {
	command := asJSON[trace.Trace](t, "timeline", "--", "lab", "run", "dialudp")
	same(t, "functions of the command", entered(t, command)["tracee "+udpConnect(series)], 1)
	if !slices.ContainsFunc(command.Syscalls, func(c trace.Syscall) bool { return c.Name == "connect" && c.Role == trace.Tracee }) {
		t.Error("the command has not called connect(2)")
	}
	if series == vm.DefaultKernel { // of all kernels it is a recording, in testRecord
		testWholeTimeline(t, series, said(t, "timeline", "dialudp", "--all"))
	}
}

// testWholeTimeline has all that a dial runs: more than landmarks.
func testWholeTimeline(t *testing.T, series, text string) {
	t.Helper()
	inOrder(t, happenings(text), "client socket(", "client udp_init_sock", "client connect(", "client "+udpConnect(series),
		"client ip_route_output_key_hash", "client connect returns 0", "client udp_lib_unhash")
}

// entered counts the entries of a timeline by who and function. They are as many as the
// counts say.
func entered(t *testing.T, of trace.Trace) map[string]int {
	t.Helper()
	entries, counts := make(map[string]int), make(map[string]int)
	for _, e := range of.Entries {
		entries[string(e.Role)+" "+e.Function]++
	}
	for _, f := range of.Functions {
		counts[string(f.Role)+" "+f.Name] += int(f.Count)
	}
	same(t, "entries and counts", entries, counts)
	return entries
}

// testRecord records all that can be seen, and looks at it by every verb.
func testRecord(t *testing.T, series string) {
	file := filepath.Join(t.TempDir(), "mine.json.gz")
	if single(series) && !ring.More() {
		testRecordPackets(t, file)
		return
	}
	if text := said(t, "record", "--save", file, "dialudp", "echo-udp"); !regexp.MustCompile(`(?m)^dialudp +\d+ +\d+ +0 +\d+`).MatchString(text) {
		t.Errorf("it says\n%s", text)
	}
	dial, echo := file+":dialudp", file+":echo-udp"
	recorded := asJSON[trace.Trace](t, "timeline", "-r", dial)
	same(t, "UDP connects", entered(t, recorded)["client "+udpConnect(series)], 1)
	testWholeTimeline(t, series, said(t, "timeline", "-r", dial, "--all"))
	for verb, want := range map[string]string{
		"count": "\nudp_sendmsg ", "stack": " net.(*netFD).Write ", "packets": " [UDP] IN= OUT=veth0 SRC=10.0.0.1 ", "timeline": " udp_sendmsg\n",
	} {
		if text := said(t, verb, "-r", echo); !strings.Contains(text, want) {
			t.Errorf("lab %s of it does not have %q:\n%s", verb, want, text)
		}
	}
	if text := said(t, "compare", dial, echo, "--diff"); !strings.Contains(text, "\nudp_sendmsg ") {
		t.Errorf("compared they do not differ by udp_sendmsg:\n%s", text)
	}
	if text := said(t, "tour", "6", "-r", file); !strings.Contains(text, udpConnect(series)+" ran inside connect(2)\n") {
		t.Errorf("a tour of it says\n%s", text)
	}
}

// testRecordPackets does so with what tracepoints see.
func testRecordPackets(t *testing.T, file string) {
	if text := said(t, "record", "-k", "tracepoint", "--save", file, "dialudp", "echo-udp"); !regexp.MustCompile(`(?m)^echo-udp +\d+ +\d+ +[1-9]\d* +\d+`).MatchString(text) {
		t.Errorf("it says\n%s", text)
	}
	if text := said(t, "packets", "-r", file+":echo-udp"); strings.Count(text, " [UDP] IN= OUT=veth0 SRC=10.0.0.1 ") != 1 {
		t.Errorf("not one packet of the client's is in\n%s", text)
	}
}

// testProcess traces a running server by its number, by every verb that does.
func testProcess(t *testing.T) {
	for _, verb := range [][]string{{"count", "udp_sendmsg"}, {"stack", "udp_sendmsg"}, {"timeline"}} {
		t.Run(verb[0], func(t *testing.T) {
			server := serve(t, "udp")
			args := append(verb, "-p", server.pid(), "-d", "5m", "--json")
			status, stdout, stderr := attached(t, server, args)
			if status != statusDone {
				t.Fatalf("status %d: %s", status, stderr)
			}
			all, err := trace.Read(strings.NewReader(stdout))
			if err != nil {
				t.Fatal(err)
			}
			if n := all[0].Count("udp_sendmsg", trace.Tracee); n != asked {
				t.Errorf("%d answers, want %d", n, asked)
			}
		})
	}
	t.Run("packets", func(t *testing.T) {
		server := serve(t, "udp")
		status, stdout, stderr := attached(t, server, []string{"packets", "-p", server.pid(), "-d", "5m"})
		if n := strings.Count(stdout, "[UDP] IN= OUT=lo "); status != statusDone || n < asked {
			t.Errorf("status %d, %s, %d packets left, want %d and more:\n%s", status, stderr, n, asked, stdout)
		}
	})
	failed(t, statusFailed, "lab: trace process 4194304: there is no such process\n", "packets", "-p", "4194304")
}

func testWatch(t *testing.T) {
	server := serve(t, "udp")
	status, stdout, stderr := attached(t, server, []string{"watch", "-p", server.pid(), "udp_*"})
	news := slices.DeleteFunc(strings.Split(strings.TrimSpace(stderr), "\n"), isProgress)
	if want := fmt.Sprintf("Process %s has ended.", server.pid()); status != statusDone || news[len(news)-1] != want {
		t.Errorf("status %d, its last news are %q; want %q", status, news, want)
	}
	sent := 0
	for _, m := range regexp.MustCompile(`(?m) udp_sendmsg ×(\d+)$`).FindAllStringSubmatch(stdout, -1) {
		n, _ := strconv.Atoi(m[1])
		sent += n
	}
	if sent != asked {
		t.Errorf("%d answers, want %d:\n%s", sent, asked, stdout)
	}
	failed(t, statusFailed, "lab: no traceable kernel function matches \"zzz*\": names are like udp_sendmsg, globs like 'udp_*'\n",
		"watch", "-p", "1", "-d", "1s", "zzz*")
}

// tried is the exercise whose programs are judged.
const tried = "silent-dial"

// testTrial judges the program as it is handed out, and a solution.
func testTrial(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		program string
		status  int
		last    string
	}{
		{"shipped", statusFailed, "no packet leaves before the first write(2)"},
		{"solution", statusDone, "it reads the answer"},
	} {
		t.Run(test.program, func(t *testing.T) {
			file := filepath.Join(dir, test.program+".json")
			said(t, "trial", tried, inKit(test.program), "--save", file)
			status, stdout, stderr := lab(t, "exercise", "--dir", dir, "check", "2", "-r", file, "--json")
			if status != test.status {
				t.Errorf("status %d, want %d: %s", status, test.status, stderr)
			}
			var r exercise.Result
			if err := json.Unmarshal([]byte(stdout), &r); err != nil {
				t.Fatal(err)
			}
			last := r.Findings[len(r.Findings)-1]
			if r.Passed != (test.status == statusDone) || last.Want != test.last || last.Met != r.Passed {
				t.Errorf("passed %v, the last finding is %+v; want %s", r.Passed, last, test.last)
			}
		})
	}
}
