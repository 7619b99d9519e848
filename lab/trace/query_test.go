package trace

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCount(t *testing.T) {
	t.Parallel()
	s := sample()
	for _, test := range []struct {
		base  string
		roles []Role
		want  uint64
	}{
		{"tcp_options_write", nil, 3},
		{"tcp_options_write", []Role{Client}, 3},
		{"tcp_options_write", []Role{Server}, 0},
		{"tcp_options_write.isra.0", nil, 0},
		{"tcp_close", []Role{Client, Server}, 1},
		{"udp_sendmsg", nil, 0},
	} {
		if got := s.Count(test.base, test.roles...); got != test.want {
			t.Errorf("Count(%s, %v) = %d, want %d", test.base, test.roles, got, test.want)
		}
	}
}

func TestTotals(t *testing.T) {
	t.Parallel()
	want := []Total{
		{"tcp_close", "tcp_close", 1},
		{"tcp_connect", "tcp_connect", 1},
		{"tcp_options_write.isra.0", "tcp_options_write", 3},
		{"tcp_v4_rcv", "tcp_v4_rcv", 4},
	}
	if diff := cmp.Diff(want, sample().Totals(nil)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	process := func(f Function) bool { return f.Role == Client && f.Context == Process }
	want = []Total{
		{"tcp_connect", "tcp_connect", 1},
		{"tcp_options_write.isra.0", "tcp_options_write", 2},
	}
	if diff := cmp.Diff(want, sample().Totals(process)); diff != "" {
		t.Errorf("client, process (-want +got):\n%s", diff)
	}
	if got := new(Trace).Totals(nil); got != nil {
		t.Errorf("of an empty trace: %v", got)
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	s := sample()
	if got := s.Counted(); got != s.Honesty.Calls {
		t.Errorf("counted %d, want %d", got, s.Honesty.Calls)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		target Target
		want   Role
	}{
		{Target{Workload: "dialudp"}, Client},
		{Target{Command: []string{"true"}}, Tracee},
		{Target{PID: 1}, Tracee},
		{Target{}, Any},
	} {
		if got := (&Trace{Target: test.target}).Subject(); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.target, got, test.want)
		}
	}
}

func TestSent(t *testing.T) {
	t.Parallel()
	var got []string
	for _, p := range sample().Sent(Client) {
		got = append(got, fmt.Sprintf("%d%s%s", p.Time, p.Protocol, p.Flags))
	}
	if diff := cmp.Diff([]string{"1200TCPSYN", "1300TCPACK"}, got); diff != "" {
		t.Errorf("in order of time, TCP and UDP only (-want +got):\n%s", diff)
	}
}

func TestTracepointsCountNothing(t *testing.T) {
	t.Parallel()
	s := sample()
	s.Backend.Name = "tracepoint"
	if s.HasFunctions() || s.HasHooks() {
		t.Error("the tracepoint backend counts no functions and sees no hooks")
	}
	if !s.HasStacks() || !s.HasPackets() || !s.HasSyscalls() {
		t.Error("the tracepoint backend does see stacks, packets and system calls")
	}
}

func TestSocketCalls(t *testing.T) {
	t.Parallel()
	call := func(time int64, name string, fd int, returned int64) Syscall {
		return Syscall{Time: time, Role: Client, Name: name, FD: fd, Return: returned}
	}
	other := call(45, "connect", 3, 0)
	other.Role = Server
	notSocket := call(85, "recvfrom", 9, -1)
	notSocket.Errno = "ENOTSOCK"
	s := &Trace{Syscalls: []Syscall{
		call(20, "epoll_ctl", 3, 0),       // registers the socket below
		call(10, "socket", -1, 3),         // told out of order
		call(5, "read", 3, 17),            // some file that had the number before
		call(30, "epoll_pwait", 4, 0),     // the runtime's own
		call(32, "epoll_create1", -1, 4),  // the same
		call(40, "write", 3, 9),           //
		other,                             //
		call(50, "close", 3, 0),           //
		call(60, "read", 3, 1),            // another file has the number now
		call(70, "accept4", 8, 5),         // of a listener older than the trace
		call(80, "read", 5, 2),            // on what accept4 returned
		notSocket, call(90, "read", 9, 1), // an event counter
	}}
	var got []string
	for _, c := range s.SocketCalls(Client) {
		got = append(got, fmt.Sprint(c.Time, " ", c.Name))
	}
	want := []string{"10 socket", "20 epoll_ctl", "40 write", "50 close", "70 accept4", "80 read"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSocketCallsKnown: where the kernel said which socket a call is on, nothing is guessed.
func TestSocketCallsKnown(t *testing.T) {
	t.Parallel()
	call := func(time int64, name string, socket uint64) Syscall {
		return Syscall{Time: time, Role: Client, Name: name, FD: 3, Socket: socket}
	}
	s := &Trace{Syscalls: []Syscall{
		call(10, "socket", 4711),
		call(20, "epoll_pwait", 0),
		call(30, "connect", 0), // no socket: ENOTSOCK
		call(40, "write", 4711),
		call(50, "socket", 0), // none was made
		call(60, "io_uring_enter", 0),
	}}
	var got []string
	for _, c := range s.SocketCalls(Client) {
		got = append(got, fmt.Sprint(c.Time, " ", c.Name))
	}
	if diff := cmp.Diff([]string{"10 socket", "40 write", "50 socket"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !s.KnowsSockets() || sample().KnowsSockets() {
		t.Error("it is known of the one, and not of the other")
	}
}
