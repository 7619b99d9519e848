package tour

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dialpath/lab/trace"
)

// TestVerdicts judges recordings in which something is other than it should be.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	packet := trace.Packet{Role: trace.Client, Direction: "out", Protocol: "UDP", Dest: netip.MustParseAddrPort("10.0.0.2:1337")}
	flags := func(ts traces, all ...trace.TCPFlags) {
		ts[tcpByDial].Packets = []trace.Packet{}
		for i, f := range all {
			ts[tcpByDial].Packets = append(ts[tcpByDial].Packets,
				trace.Packet{Time: int64(i), Role: trace.Client, Direction: "out", Protocol: "TCP", Flags: f})
		}
	}
	// drop has a client never make a system call, only has it run no other functions.
	drop := func(t *trace.Trace, name string) {
		t.Syscalls = slices.DeleteFunc(t.Syscalls, func(c trace.Syscall) bool { return c.Name == name })
	}
	only := func(t *trace.Trace, names ...string) {
		t.Functions = []trace.Function{}
		for _, name := range names {
			t.Functions = append(t.Functions, trace.Function{Name: name, Base: name, Role: trace.Client, Context: trace.Process, Count: 1})
		}
	}
	tracepoints := func(ts traces) {
		for _, t := range ts {
			t.Backend.Name, t.Hooks, t.Stacks = "tracepoint", nil, []trace.Stack{}
			t.Honesty.Unseen = "functions that call no tracepoint"
		}
	}
	const seesLittle = "the tracepoint backend does not see functions that call no tracepoint"
	for _, test := range []struct {
		number int
		name   string
		spoil  func(traces)
		want   Verdict // Notes in part, the last ones may be left out
	}{
		{3, "another call", func(ts traces) { drop(ts[udpByDialUDP], "close") },
			refuted("dial-udp made close, dialudp made none").brief("system call 6 on the socket differs")},
		{3, "another outcome", func(ts traces) {
			for i := range ts[udpByDialUDP].Syscalls {
				if ts[udpByDialUDP].Syscalls[i].Name == "connect" {
					ts[udpByDialUDP].Syscalls[i].Errno = "ENETUNREACH"
				}
			}
		}, refuted("dial-udp made connect, dialudp made connect = ENETUNREACH")},
		{3, "no calls", func(ts traces) {
			ts[udpByDial].Syscalls, ts[udpByDialUDP].Syscalls = []trace.Syscall{}, []trace.Syscall{}
		},
			refuted("no system call on a socket was seen")},
		{3, "another function", func(ts traces) {
			only(ts[udpByDial], "udp_init_sock", "udp_lib_close")
			only(ts[udpByDialUDP], "udp_init_sock", "udp_new")
		}, refuted("2 udp_* functions ran on one side only: udp_lib_close, udp_new").brief("2 udp_* functions ran on one side only")},
		{3, "tracepoints", tracepoints, held("system calls on the socket, the same on both sides", seesLittle).brief("the same 6 system calls; functions not seen")},
		{3, "system calls not recorded", func(ts traces) { ts[udpByDialUDP].Syscalls = nil },
			blind("the recording of dialudp has no system calls").brief("no system calls were recorded of dialudp")},

		{4, "no connect", func(ts traces) { drop(ts[udpByDialUDP], "connect") },
			refuted("dialudp made no connect(2)")},
		{4, "no connect, but losses", func(ts traces) {
			drop(ts[udpByDialUDP], "connect")
			ts[udpByDialUDP].Honesty.Lost = 1
		}, blind("dialudp made no connect(2)", "1 event of dialudp did not reach the lab").brief("lost 1 event of dialudp: run it again")},
		{4, "UDP speaks", func(ts traces) { ts[udpByDialUDP].Packets = []trace.Packet{packet} },
			refuted("dial-tcp: connect(2) said EINPROGRESS", "dialudp: connect(2) said 0", "dialudp sent 1 packet, the first to 10.0.0.2:1337").
				brief("dialudp sent 1 packet")},
		{4, "TCP is silent", func(ts traces) { flags(ts) },
			refuted("dial-tcp: connect(2)", "dialudp: connect(2)", "dial-tcp sent nothing")},
		{4, "no SYN", func(ts traces) { flags(ts, trace.ACK) },
			refuted("dial-tcp: connect(2)", "dialudp: connect(2)", "dial-tcp sent ACK: it does not begin with SYN").
				brief("dial-tcp's packets do not begin with SYN")},
		{4, "losses", func(ts traces) { ts[udpByDialUDP].Honesty.Lost = 1 }, blind("1 event of dialudp did not reach the lab")},
		{4, "packets not recorded", func(ts traces) { ts[udpByDialUDP].Packets = nil },
			blind("the recording of dialudp has no packets")},
		{4, "tracepoints", tracepoints, held("dial-tcp: connect(2) said EINPROGRESS", "dialudp: connect(2) said 0",
			"dial-tcp sent SYN, ACK", "dialudp sent nothing")},

		{5, "no stacks", func(ts traces) { ts[tcpByDial].Stacks = []trace.Stack{} },
			refuted("none of 0 stacks shows TCP transmitting inside connect(2)").brief("TCP transmit in connect(2): 0 of 0 stacks")},
		{5, "only from close", func(ts traces) {
			ts[tcpByDial].Stacks = slices.DeleteFunc(ts[tcpByDial].Stacks, func(s trace.Stack) bool {
				return slices.ContainsFunc(s.Frames, func(f trace.Frame) bool { return f.Name == "tcp_connect" })
			})
		}, refuted("shows TCP transmitting inside connect(2)")},
		{5, "the server's", func(ts traces) {
			for i := range ts[tcpByDial].Stacks {
				ts[tcpByDial].Stacks[i].Role = trace.Server
			}
		}, refuted("shows TCP transmitting inside connect(2)")},
		{5, "no probe there", func(ts traces) {
			ts[tcpByDial].Stacks = []trace.Stack{}
			ts[tcpByDial].Honesty.Failed = []trace.Failure{{Reason: "not allowed", Functions: []string{"__tcp_transmit_skb"}}}
		}, blind("none of 0 stacks shows", "__tcp_transmit_skb has no probe: not allowed").brief("__tcp_transmit_skb has no probe here")},
		{5, "ECN", func(ts traces) { flags(ts, trace.CWR|trace.ECE|trace.SYN, trace.ACK) },
			Verdict{Mark: Changed, Notes: []string{"__tcp_transmit_skb ran inside connect(2)"}, Brief: "__tcp_transmit_skb in connect(2); SYN sent"}},
		{5, "tracepoints", tracepoints, blind("none of 0 stacks shows", seesLittle).brief("the tracepoint backend sees too little")},

		{6, "a packet", func(ts traces) { ts[udpByDialUDP].Packets = []trace.Packet{packet} },
			refuted("1 packet sent, the first to 10.0.0.2:1337")},
		{6, "losses", func(ts traces) { ts[udpByDialUDP].Honesty.Lost = 2 },
			blind("2 events of dialudp did not reach the lab")},
		{6, "never connected", func(ts traces) { ts[udpByDialUDP].Stacks = []trace.Stack{} },
			refuted("none of 0 stacks shows UDP connecting inside connect(2)")},
		{6, "packets not recorded", func(ts traces) { ts[udpByDialUDP].Packets = nil },
			blind("the recording of dialudp has no packets")},

		{7, "few", func(ts traces) { only(ts[tcpByDial], "tcp_connect", "tcp_close") },
			refuted("2 tcp_* functions ran for dial-tcp (the article saw 40)", "udp_* functions ran for dialudp (the article saw 10)").
				brief("2 tcp_* functions for TCP, 10 udp_* for UDP")},
		{7, "no UDP", func(ts traces) { only(ts[udpByDialUDP]) },
			refuted("", "0 udp_* functions ran for dialudp")},
		{7, "tracepoints", tracepoints, blind("functions were not counted", seesLittle)},

		{8, "refused", func(ts traces) { flags(ts, trace.SYN) }, refuted("dial-tcp sent SYN: the SYN is not followed by an ACK")},
		{8, "no FIN", func(ts traces) { flags(ts, trace.SYN, trace.ACK, trace.ACK) }, refuted("dial-tcp sent SYN, ACK, ACK: there is no FIN")},
		{8, "late", func(ts traces) { flags(ts, trace.ACK, trace.ACK|trace.FIN) }, refuted("dial-tcp sent ACK, ACK FIN: it does not begin with SYN")},
		{8, "silent", func(ts traces) { flags(ts) }, refuted("dial-tcp sent nothing")},
		{8, "without the last ACK", func(ts traces) { flags(ts, trace.SYN, trace.ACK, trace.ACK|trace.FIN) },
			held("dial-tcp sent SYN, ACK, ACK FIN", "dialudp sent nothing")},
		{8, "with ECN", func(ts traces) { flags(ts, trace.CWR|trace.ECE|trace.SYN, trace.ACK, trace.ACK|trace.FIN, trace.ACK) },
			held("dial-tcp sent CWR ECE SYN, ACK, ACK FIN, ACK", "dialudp sent nothing").
				brief("TCP sent 4 packets, SYN first; UDP nothing")},
		{8, "UDP speaks", func(ts traces) { ts[udpByDialUDP].Packets = []trace.Packet{packet} },
			refuted("dialudp sent 1 packet, the first to 10.0.0.2:1337")},
		{8, "missed hits", func(ts traces) {
			ts[tcpByDial].Packets, ts[tcpByDial].Honesty.Missed = []trace.Packet{}, 59
		}, blind("dial-tcp sent nothing", "the kernel missed 59 hits while dial-tcp ran").brief("the kernel missed 59 hits: run it again")},
		{8, "losses", func(ts traces) { ts[tcpByDial].Honesty.Lost = 1 }, blind("1 event of dial-tcp did not reach the lab")},
		{8, "tracepoints", tracepoints, held("dial-tcp sent SYN", "dialudp sent nothing")},
		{8, "no recording", func(ts traces) { delete(ts, tcpByDial) }, blind("there is no recording of dial-tcp")},
	} {
		t.Run(fmt.Sprint(test.number, " ", test.name), func(t *testing.T) {
			ts := dialed(t)
			test.spoil(ts)
			got := Judge(claim(t, test.number), ts)
			assertVerdict(t, got, test.want)
			if got.Refuted() != (test.want.Mark == NotSeen && !test.want.Blind) {
				t.Errorf("refuted: %v", got.Refuted())
			}
		})
	}
}

// assertVerdict compares marks, and the beginnings of the lists of notes: each wanted one
// must be a part of the one that there is. Brief is compared if it is no note.
func assertVerdict(t *testing.T, got, want Verdict) {
	t.Helper()
	same := got.Mark == want.Mark && got.Blind == want.Blind && len(got.Notes) >= len(want.Notes)
	for i := 0; same && i < len(want.Notes); i++ {
		same = strings.Contains(got.Notes[i], want.Notes[i])
	}
	if !same {
		t.Errorf("got %s, blind %v, %q\nwant %s, blind %v, %q…", got.Mark, got.Blind, got.Notes, want.Mark, want.Blind, want.Notes)
	}
	assertBrief(t, got)
	if said := want.Brief != "" && want.Brief != want.Notes[len(want.Notes)-1]; said && got.Brief != want.Brief {
		t.Errorf("brief %q, want %q", got.Brief, want.Brief)
	}
}

// assertBrief holds that a verdict can be said in a line.
func assertBrief(t *testing.T, v Verdict) {
	t.Helper()
	if n := utf8.RuneCountInString(v.Brief); n == 0 || n > BriefWidth {
		t.Errorf("brief has %d letters, want 1 to %d: %q", n, BriefWidth, v.Brief)
	}
}

func TestVerdictJSON(t *testing.T) {
	t.Parallel()
	file, err := json.Marshal(Result{Claim: claim(t, 4), Verdict: Judge(claim(t, 4), dialed(t))})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"number":4`, `"mark":"holds"`, `"notes":["dial-tcp: connect(2) said EINPROGRESS"`} {
		if !strings.Contains(string(file), part) {
			t.Errorf("no %s in %s", part, file)
		}
	}
}

// TestNothingSeen: no claim holds of recordings in which nothing was seen, nor can one be
// judged of which there is no recording.
func TestNothingSeen(t *testing.T) {
	t.Parallel()
	for _, c := range Claims() {
		empty := traces{}
		for _, r := range c.Recordings {
			empty[r.Workload] = &trace.Trace{
				Target: trace.Target{Workload: r.Workload}, Backend: trace.Backend{Name: "kprobe.multi"},
				Functions: []trace.Function{}, Hooks: []trace.Hook{}, Stacks: []trace.Stack{}, Packets: []trace.Packet{}, Syscalls: []trace.Syscall{},
			}
		}
		v := Judge(c, empty)
		if assertBrief(t, v); !v.Refuted() || len(v.Notes) == 0 {
			t.Errorf("claim %d, nothing seen: %+v", c.Number, v)
		}
		for _, one := range empty {
			one.Honesty.Lost = 1
		}
		v = Judge(c, empty)
		if assertBrief(t, v); v.Mark != NotSeen || !v.Blind {
			t.Errorf("claim %d, nothing seen and something lost: %+v", c.Number, v)
		}
		v = Judge(c, nil)
		if assertBrief(t, v); v.Mark != NotSeen || !v.Blind {
			t.Errorf("claim %d, nothing recorded: %+v", c.Number, v)
		}
	}
}
