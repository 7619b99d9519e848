package tour

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"dialpath/lab/trace"
)

// TestMeeting judges the claims about the other end, as recorded and spoilt.
func TestMeeting(t *testing.T) {
	t.Parallel()
	recorded := recorded(t, "6.12")
	changed := func(notes ...string) Verdict { return Verdict{Mark: Changed, Notes: notes} }
	call := func(tr *trace.Trace, who trace.Role, name string) *trace.Syscall {
		i := slices.IndexFunc(tr.Syscalls, func(c trace.Syscall) bool { return c.Role == who && c.Name == name && c.Return > 0 })
		return &tr.Syscalls[i]
	}
	// Each case spoils a copy of what the claims look at.
	var meeting bytes.Buffer
	for _, name := range []string{echoUDP, nobodyUDP, strangerUDP, echoTCP} {
		one := *recorded[name]
		one.Functions, one.Hooks, one.Entries, one.Softirqs, one.Wakeups = []trace.Function{}, nil, nil, nil, nil
		if err := trace.Write(&meeting, &one); err != nil {
			t.Fatal(err)
		}
	}
	packets := func(tr *trace.Trace, drop func(trace.Packet) bool) { tr.Packets = slices.DeleteFunc(tr.Packets, drop) }
	for _, test := range []struct {
		number int
		name   string
		spoil  func(traces)
		want   Verdict
	}{
		{1, "as it is", nil, held("echo-udp: 1 datagram there, 1 back", "nobody-udp: write(2) said 9, though nobody was there", "nobody-udp: read(2) said ECONNREFUSED")},
		{1, "no answer", func(ts traces) {
			packets(ts[echoUDP], func(p trace.Packet) bool { return p.Role == trace.Client && p.Direction == "in" })
		}, refuted("echo-udp: 1 datagram there, 0 back")},
		{1, "nobody answers", func(ts traces) { ts[nobodyUDP].Packets = ts[echoUDP].Packets },
			refuted("echo-udp", "nobody-udp: 1 datagram came back from nobody")},
		{1, "nothing written", func(ts traces) { call(ts[nobodyUDP], trace.Client, "write").Name = "sendto" },
			refuted("echo-udp", "nobody-udp wrote nothing")},
		{1, "writing fails", func(ts traces) {
			write := call(ts[nobodyUDP], trace.Client, "write")
			write.Return, write.Errno = -1, "ENETUNREACH"
		}, refuted("echo-udp", "nobody-udp: write(2) said ENETUNREACH")},
		{1, "silence", func(ts traces) {
			for i := range ts[nobodyUDP].Syscalls {
				if c := &ts[nobodyUDP].Syscalls[i]; c.Errno == "ECONNREFUSED" {
					c.Errno = "EAGAIN"
				}
			}
		}, held("echo-udp", "nobody-udp: write(2)", "nobody-udp: nothing came back, not even an error")},
		{1, "losses", func(ts traces) { ts[nobodyUDP].Honesty.Lost = 1 }, blind("1 event of nobody-udp")},

		{12, "as it is", nil, held("a stranger's 15 bytes came to 10.0.0.1:", "the first read(2) after that returned the peer's 9 bytes",
			"the kernel answered the stranger by ICMP", `the program said: read "something"`)},
		{12, "read the stranger's", func(ts traces) { call(ts[strangerUDP], trace.Client, "read").Return = 15 },
			refuted("the first read(2) returned 15 bytes, and the peer had sent 9")},
		{12, "no stranger", func(ts traces) { call(ts[strangerUDP], trace.Client, "sendto").Name = "write" }, refuted("no stranger sent anything")},
		{12, "the peer first", func(ts traces) { call(ts[strangerUDP], trace.Client, "sendto").Time = 1 << 62 }, refuted("the stranger did not send first")},
		{12, "never came", func(ts traces) {
			packets(ts[strangerUDP], func(p trace.Packet) bool { return p.Device == "lo" })
		}, refuted("the stranger's datagram did not get to 10.0.0.1:")},
		{12, "alike", func(ts traces) { call(ts[strangerUDP], trace.Client, "sendto").Return = 9 }, blind("the two datagrams are of one length")},
		{12, "losses", func(ts traces) { ts[strangerUDP].Honesty.Lost = 3 }, blind("3 events of stranger-udp")},

		{15, "as it is", nil, changed("UDP send: udp_sendmsg in both", "UDP receive: __skb_recv_udp, udp_recvmsg, inet_recvmsg, sock_recvmsg in both",
			"echo-udp: the server accepted 0 connections", "echo-tcp: the server accepted 1 connection")},
		{15, "the server goes another way", func(ts traces) {
			for _, s := range ts[echoUDP].Stacks {
				if s.Role == trace.Server {
					for i := range s.Frames {
						if s.Frames[i].Name == "__skb_recv_udp" {
							s.Frames[i].Name = "udp_splice_read"
						}
					}
				}
			}
		}, refuted("UDP send", "UDP receive: __skb_recv_udp in the client")},
		{15, "no stack of the server's", func(ts traces) {
			ts[echoUDP].Stacks = slices.DeleteFunc(ts[echoUDP].Stacks, func(s trace.Stack) bool { return s.Role == trace.Server })
		}, refuted("is of the server's UDP send")},
		{15, "UDP accepts", func(ts traces) { call(ts[echoUDP], trace.Server, "recvfrom").Name = "accept4" },
			refuted("UDP send", "UDP receive", "echo-udp: the server accepted 1 connection")},
		{15, "TCP does not", func(ts traces) { call(ts[echoTCP], trace.Server, "accept4").Return = -1 },
			refuted("UDP send", "UDP receive", "echo-udp", "echo-tcp: the server accepted 0 connections")},
		{15, "tracepoints", func(ts traces) { ts[echoUDP].Backend.Name, ts[echoUDP].Stacks = "tracepoint", []trace.Stack{} }, blind("none of 0 stacks")},
	} {
		t.Run(fmt.Sprint(test.number, " ", test.name), func(t *testing.T) {
			ts := copied(t, meeting.Bytes())
			if test.spoil != nil {
				test.spoil(ts)
			}
			assertVerdict(t, Judge(claim(t, test.number), ts), test.want)
		})
	}
}

// copied returns the traces of a file, each time anew.
func copied(t *testing.T, file []byte) traces {
	t.Helper()
	all, err := trace.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	ts := traces{}
	for _, one := range all {
		ts[one.Target.Workload] = one
	}
	return ts
}
