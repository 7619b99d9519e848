package trace

import (
	"net/netip"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"dialpath/lab/kernel"
)

// sample returns a trace with something in every list.
func sample() *Trace {
	client := Thread{PID: 6747, TID: 6749, Comm: "dial-tcp"}
	return &Trace{
		Version: Version,
		Lab:     "v1.2.0",
		Kernel:  "6.12.107+deb13-cloud-amd64",
		Arch:    "amd64",
		Go:      "go1.26.8",
		Target:  Target{Workload: "dial-tcp", Times: 1},
		Backend: Backend{Name: "kprobe.multi", Why: "the best there is"},
		Window:  Window{Start: 1_000, End: 2_500},
		Functions: []Function{
			{Name: "tcp_v4_rcv", Base: "tcp_v4_rcv", Role: Client, Context: NetRX, Count: 4},
			{Name: "tcp_options_write.isra.0", Base: "tcp_options_write", Role: Client, Context: Process, Count: 2},
			{Name: "tcp_options_write.isra.0", Base: "tcp_options_write", Role: Client, Context: NetRX, Count: 1},
			{Name: "tcp_connect", Base: "tcp_connect", Role: Client, Context: Process, Count: 1},
			{Name: "tcp_close", Base: "tcp_close", Role: Server, Context: Process, Count: 1},
		},
		Hooks: []Hook{{
			Hook: kernel.TCPConnect, Function: "tcp_connect", Time: 1_100, Duration: 300 * time.Nanosecond,
			Thread: client, Role: Client, Context: Process, Family: "inet",
			Local: netip.MustParseAddrPort("10.0.0.1:41022"), Peer: netip.MustParseAddrPort("10.0.0.2:1337"), Returned: true,
		}},
		Stacks: []Stack{{
			Function: "__tcp_transmit_skb", Thread: client, Role: Client, Context: Process, Count: 1, First: 1_150,
			Frames: []Frame{{Name: "__tcp_transmit_skb", Offset: 1, Kind: "kernel"}, {Name: "main.main", Kind: "user", File: "main.go", Line: 9}},
		}},
		Packets: []Packet{
			{Time: 1_300, Device: "veth0", Direction: "out", Role: Client, Context: NetRX, Protocol: "TCP", Source: netip.MustParseAddrPort("10.0.0.1:41022"), Dest: netip.MustParseAddrPort("10.0.0.2:1337"), Flags: ACK, Length: 52},
			{Time: 1_200, Device: "veth0", Direction: "out", Role: Client, Context: Process, Protocol: "TCP", Source: netip.MustParseAddrPort("10.0.0.1:41022"), Dest: netip.MustParseAddrPort("10.0.0.2:1337"), Flags: SYN, Length: 60, Data: []byte{0x45, 0, 0, 60}},
			{Time: 1_250, Device: "veth0", Direction: "in", Role: Client, Context: NetRX, Protocol: "TCP", Source: netip.MustParseAddrPort("10.0.0.2:1337"), Dest: netip.MustParseAddrPort("10.0.0.1:41022"), Flags: ACK | SYN, Length: 60},
			{Time: 1_260, Device: "veth0", Direction: "out", Role: Server, Context: NetRX, Protocol: "TCP", Source: netip.MustParseAddrPort("10.0.0.2:1337"), Dest: netip.MustParseAddrPort("10.0.0.1:41022"), Flags: ACK | SYN, Length: 60},
			{Time: 1_100, Device: "veth0", Direction: "out", Role: Client, Context: Process, Protocol: "58", Source: netip.MustParseAddrPort("[fe80::1]:0"), Dest: netip.MustParseAddrPort("[ff02::2]:0"), Length: 56},
		},
		Syscalls: []Syscall{
			{Time: 1_050, Duration: 9, Thread: client, Role: Client, Name: "socket", FD: -1, Return: 3, Family: kernel.Inet, Type: kernel.Stream, NonBlocking: true},
			{Time: 1_090, Duration: 9, Thread: client, Role: Client, Name: "connect", Address: netip.MustParseAddrPort("10.0.0.2:1337"), Family: kernel.Inet, FD: 3, Return: -1, Errno: "EINPROGRESS"},
		},
		Entries:  []Entry{{Time: 1_100, Function: "tcp_connect", Thread: client, Role: Client, Context: Process}},
		Softirqs: []Softirq{{Time: 1_240, Duration: 90, Thread: client, Role: Client, Context: NetRX}},
		Wakeups:  []Wakeup{{Time: 1_280, Thread: Thread{PID: 6750, TID: 6751, Comm: "dial-tcp"}, Role: Server, Waker: client, WakerRole: Client, Context: NetRX}},
		Honesty: Honesty{
			Patterns: []string{"tcp_*"}, Matched: 388, Attached: 387,
			Failed: []Failure{{Reason: "the kernel does not allow a probe there", Functions: []string{"tcp_x"}}},
			Attach: 41 * time.Millisecond, Calls: 9, Lost: 1, Missed: 2, MissedKnown: true, Unseen: "nothing",
		},
	}
}

// addresses are compared as a whole: there are no fields in them to look at.
var addresses = cmpopts.EquateComparable(netip.AddrPort{})
