package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"dialpath/lab/trace"
	"dialpath/lab/vm"
)

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
