package view_test

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	own "dialpath/lab/recordings"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

func timeline(w io.Writer, t *trace.Trace, style view.Style) error {
	return view.Timeline(w, t, false, style)
}

// hostileTimes is a trace whose moments are in no order that could have been, and whose
// names would move the cursor.
const hostileTimes = `{"version": 2,
	"syscalls": [{"time": 9, "duration": -9223372036854775808, "tid": 1, "role": "client", "name": "\u001b[2J", "fd": 3, "return": 1, "errno": "\r"},
		{"time": 9223372036854775807, "duration": 9, "tid": 1, "role": "client", "name": "epoll_wait", "fd": -1, "return": 9}],
	"entries": [{"time": -5, "function": "net:\u0007", "tid": 1, "role": "\u001b[1m"}, {"time": 5, "function": "udp_sendmsg.\u001b", "tid": -7}],
	"softirqs": [{"time": 3, "duration": 99, "tid": 1, "role": "any", "context": "NET_RX\u001b"}, {"time": 2, "duration": -3, "context": "NET_RX"}],
	"packets": [{"time": 4, "device": "\u001b", "direction": "\u001b", "protocol": "\u001b", "source": "[::%\u001b]:1", "role": "\u202e"}],
	"wakeups": [{"time": 4, "tid": 1, "role": "\u001b", "waker": {"comm": "\u001b]0;title\u0007"}, "context": "NET_RX"}]}`

func TestHostileTimes(t *testing.T) {
	t.Parallel()
	all, err := trace.Read(strings.NewReader(hostileTimes))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	for _, whole := range []bool{false, true} {
		if err := view.TimelineExplained(&got, all[0], whole, view.Style{}); err != nil {
			t.Fatal(err)
		}
	}
	checkLines(t, "hostile times", got.String(), false)
}

// A step is what a line of a timeline must say, and who it must be of.
type step struct{ who, what string }

// TestTimelineOrder holds the order in which things happen in an echo, on each kernel: the
// way there, the server's wake-up, and the way back. What else happens may come between.
// Over TCP, nobody may be waiting yet when something comes; then nobody is woken.
func TestTimelineOrder(t *testing.T) {
	t.Parallel()
	udp := []step{
		{"server", "bind(5, 10.0.0.2:1337) = 0"},
		{"client", "connect(5, 10.0.0.2:1337)"},
		{"client", "  UDP connect"},
		{"client", "connect returns 0"},
		{"client", "write(5, 7 bytes)"},
		{"client", "  udp_sendmsg"},
		{"client", "  ip_send_skb"},
		{"client", "  ip_output"},
		{"client", "  ▶ leaves by veth0: UDP, 35 bytes"},
		{"client", "  softirq NET_RX"},
		{"server", "    ◀ arrives on veth1: UDP, 35 bytes"},
		{"client", "    ip_rcv"},
		{"client", "    udp_rcv"},
		{"client", "    sock_def_readable"},
		{"client", "    wakes the server's thread "},
		{"client", "  softirq NET_RX ends"},
		{"client", "write returns 7"},
		{"server", "epoll_pwait returns 1, "},
		{"server", "recvfrom(5, 65508 bytes, 10.0.0.1:"},
		{"server", "  __skb_recv_udp"},
		{"server", "recvfrom returns 7"},
		{"server", "sendto(5, 7 bytes, 10.0.0.1:"},
		{"server", "  udp_sendmsg"},
		{"server", "  ▶ leaves by veth1: UDP, 35 bytes"},
		{"server", "  softirq NET_RX"},
		{"client", "    ◀ arrives on veth0: UDP, 35 bytes"},
		{"server", "    sock_def_readable"},
		{"server", "sendto returns 7"},
		{"client", "recvfrom(5, 65508 bytes, 10.0.0.2:1337)"},
		{"client", "  __skb_recv_udp"},
		{"client", "recvfrom returns 7"},
		{"client", "close(5) = 0"},
	}
	tcp := []step{
		{"server", "listen(5, backlog 4096) = 0"},
		{"client", "connect(5, 10.0.0.2:1337)"},
		{"client", "  tcp_v4_connect"},
		{"client", "  tcp_connect"},
		{"client", "  ▶ leaves by veth0: TCP SYN, 60 bytes"},
		{"client", "  softirq NET_RX"},
		{"client", "    tcp_conn_request"},
		{"client", "    ◀ arrives on veth0: TCP ACK SYN, 60 bytes"},
		{"client", "  ▶ leaves by veth0: TCP ACK, 52 bytes"},
		{"client", "connect returns -1 EINPROGRESS"},
		{"client", "write(5, 7 bytes)"},
		{"client", "  tcp_sendmsg"},
		{"client", "  ▶ leaves by veth0: TCP ACK PSH, 59 bytes"},
		{"client", "    tcp_data_queue"},
		{"client", "write returns 7"},
		{"server", "read("},
		{"server", "  tcp_recvmsg"},
		{"server", "read returns 7"},
		{"server", "write("},
		{"server", "  ▶ leaves by veth1: TCP ACK PSH, 59 bytes"},
		{"client", "    ◀ arrives on veth0: TCP ACK PSH, 59 bytes"},
		{"client", "read returns 7"},
		{"client", "  ▶ leaves by veth0: TCP ACK FIN, 52 bytes"},
		{"server", "read returns 0"},
		{"client", "read returns 0"},
	}
	for _, kernel := range own.Kernels() {
		for workload, want := range map[string][]step{"echo-udp": udp, "echo-tcp": tcp} {
			t.Run(kernel+" "+workload, func(t *testing.T) {
				lines := timelineOf(t, kernel, workload)
				for _, s := range want {
					if s.what == "  UDP connect" {
						s.what = map[string]string{"6.1": "  ip4_datagram_connect", "6.12": "  ip4_datagram_connect", "6.18": "  udp_connect"}[kernel]
					}
					i := slices.IndexFunc(lines, func(l step) bool { return l.who == s.who && strings.HasPrefix(l.what, s.what) })
					if i < 0 {
						t.Fatalf("no %s %q in what comes after:\n%s", s.who, s.what, text(lines))
					}
					lines = lines[i+1:]
				}
			})
		}
	}
}

// row is a line of a timeline: time, time since the one before, who, what.
var row = regexp.MustCompile(`^ *(\d+\.\d) +(?:\+(\d+\.\d) )? *(\S+) {1,7}(.*)$`)

// timelineOf returns the lines of a timeline, whose times must rise by what they say.
func timelineOf(t *testing.T, kernel, workload string) []step {
	t.Helper()
	all, err := own.Load(kernel)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(one *trace.Trace) bool { return one.Target.Workload == workload })
	var got bytes.Buffer
	if err := timeline(&got, all[i], view.Style{}); err != nil {
		t.Fatal(err)
	}
	var lines []step
	last := 0.0
	for line := range strings.Lines(got.String()) {
		m := row.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		at, _ := strconv.ParseFloat(m[1], 64)
		passed, _ := strconv.ParseFloat(m[2], 64)
		if diff := last + passed - at; diff < -0.11 || diff > 0.11 {
			t.Errorf("%.1f µs after %.1f is not %.1f", passed, last, at)
		}
		last = at
		// Who is padded to seven columns and one of space.
		what := line[strings.Index(line, m[3])+8:]
		lines = append(lines, step{m[3], strings.TrimSuffix(what, "\n")})
	}
	return lines
}

func text(lines []step) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%-7s %s\n", l.who, l.what)
	}
	return b.String()
}

// TestTimelineNests: what runs inside a call is deeper than the call, whose end is named
// and says how long it took; one inside which nothing is shown has one line.
func TestTimelineNests(t *testing.T) {
	t.Parallel()
	us := func(n int64) int64 { return n * 1000 }
	thread := trace.Thread{PID: 1, TID: 1}
	one := &trace.Trace{
		Target: trace.Target{PID: 1},
		Syscalls: []trace.Syscall{
			{Time: us(10), Duration: 90_000, Thread: thread, Role: trace.Tracee, Name: "socket", FD: -1, Return: 3},
			{Time: us(200), Duration: 300_000, Thread: thread, Role: trace.Tracee, Name: "write", FD: 3, Size: 9, Return: 9},
			{Time: us(600), Duration: 1_500, Thread: thread, Role: trace.Tracee, Name: "read", FD: 3, Size: 9, Return: -1, Errno: "EAGAIN"},
		},
		Entries:  []trace.Entry{{Time: us(210), Function: "udp_sendmsg", Thread: thread, Role: trace.Tracee}},
		Softirqs: []trace.Softirq{{Time: us(220), Duration: 20_000, Thread: thread, Role: trace.Tracee, Context: trace.NetRX}},
		Packets:  []trace.Packet{{Time: us(215), Device: "eth0", Direction: "out", Protocol: "UDP", Length: 37, Role: trace.Tracee}},
		Wakeups: []trace.Wakeup{
			{Time: us(230), Thread: trace.Thread{TID: 7}, Role: trace.Tracee, Waker: thread, WakerRole: trace.Tracee, Context: trace.NetRX},
			{Time: us(900), Thread: thread, Role: trace.Tracee, Waker: trace.Thread{Comm: "swapper/0"}, Context: trace.NetRX},
		},
	}
	var got bytes.Buffer
	if err := timeline(&got, one, view.Style{}); err != nil {
		t.Fatal(err)
	}
	const want = `
        µs        +  WHO     WHAT
       0.0           tracee  socket() = 3
     190.0   +190.0  tracee  write(3, 9 bytes)
     200.0    +10.0  tracee    udp_sendmsg
     205.0     +5.0  tracee    ▶ leaves by eth0: UDP, 37 bytes
     210.0     +5.0  tracee    softirq NET_RX
     220.0    +10.0  tracee      wakes the tracee's thread 7
     230.0    +10.0  tracee    softirq NET_RX ends, after 20 µs
     490.0   +260.0  tracee  write returns 9, after 300 µs
     590.0   +100.0  tracee  read(3, 9 bytes) = -1 EAGAIN
     890.0   +300.0  other   swapper/0 wakes the tracee's thread 1

NET_RX (packets that arrived) is a softirq: the kernel's own work, done on
whichever thread was running.

EAGAIN means that there is nothing yet. Go's sockets never block: the goroutine
is parked until epoll_pwait, the runtime's poller, says that there is something,
and then asks again.

other is a process that is not traced, as the lab itself, or the idle CPU
(swapper), which a timer or a device has interrupted.
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}
