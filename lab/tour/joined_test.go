package tour

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"dialpath/lab/trace"
)

// stack makes a stack as they are joined: the kernel's functions, then, after the system
// call's entry, the program's.
func stack(who trace.Role, names ...string) trace.Stack {
	s := trace.Stack{Function: names[0], Role: who, Context: trace.Process, Count: 1}
	kind := trace.Kernel
	for _, name := range names {
		s.Frames = append(s.Frames, trace.Frame{Name: name, Kind: kind})
		if name == entry {
			kind = trace.User
		}
	}
	return s
}

const entry = "entry_SYSCALL_64_after_hwframe"

// call makes a system call on descriptor 5, which is a socket.
func call(who trace.Role, name string, returned int64, errno string) trace.Syscall {
	return trace.Syscall{Role: who, Thread: trace.Thread{PID: 1}, Name: name, FD: 5, Return: returned, Errno: errno}
}

// with returns a system call with an address among its arguments.
func with(address string, c trace.Syscall) trace.Syscall {
	c.Address = netip.MustParseAddrPort(address)
	return c
}

// joined returns recordings for the claims that rest on joined stacks, as a kernel 6.12
// gives them, less what no predicate looks at.
func joined() traces {
	ts := traces{}
	for name, t := range map[string]*trace.Trace{
		literal:    {},
		nameForUDP: {Stacks: []trace.Stack{asks()}, Packets: []trace.Packet{question()}},
		nameForTCP: {Stacks: []trace.Stack{asks()}, Packets: []trace.Packet{question()}},
		writeUDP: {Stacks: []trace.Stack{stack(trace.Client, "ip_send_skb", "udp_send_skb", "udp_sendmsg", "sock_write_iter",
			"vfs_write", "ksys_write", entry, "syscall.write", "net.(*conn).Write", "fmt.Fprintf", "main.main")}},
		readUDP: {Stacks: []trace.Stack{readsStack()}},
		deadlineUDP: {
			Stacks: []trace.Stack{readsStack()},
			Syscalls: []trace.Syscall{with("10.0.0.2:1337", call(trace.Client, "connect", 0, "")),
				call(trace.Client, "read", -1, "EAGAIN"), call(trace.Client, "close", 0, "")},
			Target: trace.Target{Output: "read udp 10.0.0.1:4711->10.0.0.2:1337: i/o timeout\n"},
		},
		listenRead: {Syscalls: []trace.Syscall{with("10.0.0.2:1337", call(trace.Client, "sendto", 9, "")),
			call(trace.Client, "read", -1, "EAGAIN"), call(trace.Client, "read", 9, ""),
			call(trace.Client, "write", -1, "EDESTADDRREQ")}},
		echoUDP: {
			Stacks: []trace.Stack{receivesStack()},
			Syscalls: []trace.Syscall{call(trace.Server, "recvfrom", -1, "EAGAIN"),
				with("10.0.0.1:4711", call(trace.Server, "recvfrom", 7, "")), with("10.0.0.1:4711", call(trace.Server, "sendto", 7, ""))},
		},
	} {
		t.Target.Workload = name
		t.Backend.Name = "kprobe.multi"
		t.Functions = []trace.Function{}
		if t.Stacks == nil {
			t.Stacks = []trace.Stack{}
		}
		if t.Packets == nil {
			t.Packets = []trace.Packet{}
		}
		if t.Syscalls == nil {
			t.Syscalls = []trace.Syscall{}
		}
		for i := range t.Syscalls {
			t.Syscalls[i].Time = int64(i)
		}
		ts[name] = t
	}
	return ts
}

func asks() trace.Stack {
	return stack(trace.Client, "udp_sendmsg", "ksys_write", entry, "net.dnsPacketRoundTrip",
		"net.(*Resolver).goLookupIPCNAMEOrder.func3.1", "runtime.goexit")
}

func question() trace.Packet {
	return trace.Packet{Role: trace.Client, Direction: "out", Protocol: "UDP", Dest: netip.MustParseAddrPort("10.0.0.2:1337")}
}

func readsStack() trace.Stack {
	return stack(trace.Client, "__skb_recv_udp", "udp_recvmsg", "vfs_read", "ksys_read", entry, "syscall.read", "net.(*conn).Read", "main.main")
}

func receivesStack() trace.Stack {
	return stack(trace.Server, "__skb_recv_udp", "udp_recvmsg", "__sys_recvfrom", "__x64_sys_recvfrom", entry,
		"syscall.recvfrom", "syscall.recvfromInet4", "net.(*UDPConn).ReadFrom", "main.main")
}

// bare takes the program's part off all stacks of a recording.
func bare(t *trace.Trace) {
	for i, s := range t.Stacks {
		t.Stacks[i].Frames = slices.DeleteFunc(s.Frames, func(f trace.Frame) bool { return f.Kind == trace.User })
	}
}

// rename gives a function of all stacks of a recording another name.
func rename(t *trace.Trace, from, to string) {
	for _, s := range t.Stacks {
		for i := range s.Frames {
			if s.Frames[i].Name == from {
				s.Frames[i].Name = to
			}
		}
	}
}

// TestJoined judges the claims that rest on joined stacks, as they are and spoilt.
func TestJoined(t *testing.T) {
	t.Parallel()
	changed := func(notes ...string) Verdict { return Verdict{Mark: Changed, Notes: notes} }
	for _, test := range []struct {
		number int
		name   string
		spoil  func(traces)
		want   Verdict
	}{
		{2, "as it is", nil, changed("resolve-literal: no socket, no packet", "resolve-udp: 1 question to 10.0.0.2:1337")},
		{2, "a literal is asked for", func(ts traces) { ts[literal].Packets = []trace.Packet{question()} }, refuted("resolve-literal sent 1 packet")},
		{2, "a literal takes a socket", func(ts traces) {
			ts[literal].Syscalls = []trace.Syscall{call(trace.Client, "connect", 0, "")}
		}, refuted("resolve-literal made 1 system call on sockets, the first connect")},
		{2, "nobody is asked", func(ts traces) { ts[nameForTCP].Packets = []trace.Packet{} }, refuted("resolve-literal", "resolve-udp", "resolve-tcp asked nobody")},
		{2, "by another resolver", func(ts traces) {
			rename(ts[nameForUDP], "net.(*Resolver).goLookupIPCNAMEOrder.func3.1", "net._C_getaddrinfo")
		},
			refuted("none of 1 stack of resolve-udp shows Go's resolver sending")},
		{2, "TCP is other", func(ts traces) { rename(ts[nameForTCP], "net.dnsPacketRoundTrip", "net.dnsStreamRoundTrip") },
			refuted("", "", "", "Go's way differs at net.dnsPacketRoundTrip for UDP, net.dnsStreamRoundTrip for TCP")},
		{2, "losses", func(ts traces) { ts[literal].Honesty.Lost = 1 }, blind("1 event of resolve-literal")},

		{9, "as it is", nil, changed("ip_send_skb ran inside write(2), inside fmt.Fprintf")},
		{9, "another system call", func(ts traces) { rename(ts[writeUDP], "ksys_write", "__sys_sendto") }, refuted("none of 1 stack shows IP sending inside write(2)")},
		{9, "another caller", func(ts traces) { rename(ts[writeUDP], "fmt.Fprintf", "main.write") }, refuted("the write did not come from fmt.Fprintf")},
		{9, "no program", func(ts traces) { bare(ts[writeUDP]) }, blind("the stack does not go on in the program")},
		{9, "no probes", func(ts traces) { ts[writeUDP].Backend.Name, ts[writeUDP].Stacks = "tracepoint", []trace.Stack{} }, blind("none of 0 stacks")},

		{10, "as it is", nil, changed("__skb_recv_udp ran inside read(2), inside net.(*conn).Read")},
		{10, "another caller", func(ts traces) { rename(ts[readUDP], "net.(*conn).Read", "net.(*UDPConn).ReadFrom") }, refuted("the receive did not come from net.(*conn).Read")},
		{10, "the server's", func(ts traces) { ts[readUDP].Stacks[0].Role = trace.Server }, refuted("none of 1 stack shows the client receiving inside read(2)")},
		{10, "no program", func(ts traces) { bare(ts[readUDP]) }, blind("the stack does not go on in the program")},

		{11, "as it is", nil, changed("one read(2), which said EAGAIN, and none after it", "the program said: read udp 10.0.0.1:4711->10.0.0.2:1337: i/o timeout")},
		{11, "no read", func(ts traces) {
			ts[deadlineUDP].Syscalls, ts[deadlineUDP].Target.Output = ts[deadlineUDP].Syscalls[:1], ""
		}, refuted("no read(2) on the socket was seen")},
		{11, "a deadline that was over before the read", func(ts traces) { ts[deadlineUDP].Syscalls = ts[deadlineUDP].Syscalls[:1] },
			blind("the deadline was over before Go had asked the kernel: this machine was busy, and the kernel has no part in what is left")},
		{11, "something came", func(ts traces) { ts[deadlineUDP].Syscalls[1] = call(trace.Client, "read", 9, "") }, refuted("a read(2) did not say EAGAIN but 9")},
		{11, "asked again", func(ts traces) {
			ts[deadlineUDP].Syscalls[2] = call(trace.Client, "read", -1, "EAGAIN")
		}, refuted("2 calls of read(2), where one was expected")},
		{11, "another error", func(ts traces) { ts[deadlineUDP].Target.Output = "EOF" }, refuted(`the program said "EOF"`)},

		{13, "as it is", nil, changed("Read: read(2), no address; Write then said EDESTADDRREQ", "ReadFrom: recvfrom(2) told 10.0.0.1:4711, and the answer went there")},
		{13, "Read took nothing", func(ts traces) { ts[listenRead].Syscalls[2].Return = 0 }, refuted("Read took no datagram by read(2)")},
		{13, "Write needs no address", func(ts traces) { ts[listenRead].Syscalls[3].Errno = "" }, refuted("after Read, Write did not ask for an address")},
		{13, "the server reads", func(ts traces) { ts[echoUDP].Syscalls[1].Name = "read" }, refuted("the server took no datagram by recvfrom(2)")},
		{13, "answered another", func(ts traces) { ts[echoUDP].Syscalls[2].Address = netip.MustParseAddrPort("10.0.0.1:5") }, refuted("the server did not answer whom recvfrom(2) told, 10.0.0.1:4711")},
		{13, "was not told", func(ts traces) {
			ts[echoUDP].Syscalls[1].Address, ts[echoUDP].Syscalls[2].Address = netip.AddrPort{}, netip.AddrPort{}
		}, refuted("the server did not answer whom recvfrom(2) told")},

		{14, "as it is", nil, changed("__skb_recv_udp ran inside recvfrom(2), inside net.(*UDPConn).ReadFrom")},
		{14, "another system call", func(ts traces) {
			rename(ts[echoUDP], "__sys_recvfrom", "ksys_read")
			rename(ts[echoUDP], "__x64_sys_recvfrom", "vfs_read")
		},
			refuted("none of 1 stack shows the server receiving inside recvfrom(2)")},
		{14, "no program", func(ts traces) { bare(ts[echoUDP]) }, blind("the stack does not go on in the program")},
	} {
		t.Run(fmt.Sprint(test.number, " ", test.name), func(t *testing.T) {
			ts := joined()
			if test.spoil != nil {
				test.spoil(ts)
			}
			assertVerdict(t, Judge(claim(t, test.number), ts), test.want)
		})
	}
}
