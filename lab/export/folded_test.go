package export

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
)

func TestFolded(t *testing.T) {
	t.Parallel()
	frames := []trace.Frame{
		{Name: "udp_sendmsg", Kind: trace.Kernel},
		{Name: "entry_SYSCALL_64", Kind: trace.Kernel},
		{Name: "net.(*conn).Write", Kind: trace.User, Inlined: true},
		{Name: "main.main", Kind: trace.User},
	}
	dig := trace.Thread{Comm: "my dig;1"}
	r := &trace.Trace{Stacks: []trace.Stack{
		{Role: trace.Client, Context: trace.Process, Count: 2, Frames: frames},
		{Role: trace.Tracee, Context: trace.NetRX, Thread: dig, Count: 3, Frames: frames[:1]},
		{Role: trace.Client, Context: trace.Process, Count: 135, Frames: frames}, // by another thread
		{Role: trace.Any, Context: trace.Process, Count: 1<<64 - 1},
	}}
	want := []string{
		"client;main.main;net.(*conn).Write_[i];entry_SYSCALL_64_[k];udp_sendmsg_[k] 137",
		"my_dig_1;NET_RX;udp_sendmsg_[k] 3",
		"? 18446744073709551615",
	}
	if diff := cmp.Diff(want, lines(written(t, "folded", r))); diff != "" {
		t.Errorf("folded stacks (-want +got):\n%s", diff)
	}
}

// TestFoldedRecordings holds each line against the stack that it was made of.
func TestFoldedRecordings(t *testing.T) {
	t.Parallel()
	for _, r := range ours(t) {
		var want, got uint64
		for _, s := range r.Stacks {
			want += s.Count
		}
		seen := make(map[string]bool)
		for _, line := range lines(written(t, "folded", r)) {
			stack, count, _ := strings.Cut(line, " ")
			n, err := strconv.ParseUint(count, 10, 64)
			if err != nil || n == 0 {
				t.Errorf("%s: line %q: %v", name(r), line, err)
			}
			got += n
			if seen[stack] {
				t.Errorf("%s: %s is there twice", name(r), stack)
			}
			seen[stack] = true
		}
		if got != want {
			t.Errorf("%s: %d calls, want %d", name(r), got, want)
		}
	}
}

// TestFoldedDial tells what one sees in the flame graphs of the two dials.
func TestFoldedDial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ workload, from, to string }{
		{"dialudp", "client;runtime.goexit;runtime.main;main.main;", ";__x64_sys_connect_[k];__sys_connect_[k];ip4_datagram_connect_[k] 1"},
		{"dial-tcp", "client;runtime.goexit;runtime.main;main.main;", ";tcp_v4_connect_[k];tcp_connect_[k];__tcp_transmit_skb_[k] 1"},
	} {
		found := 0
		for _, line := range lines(written(t, "folded", recorded(t, c.workload))) {
			if strings.HasPrefix(line, c.from) && strings.HasSuffix(line, c.to) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %d lines from %s to %s", c.workload, found, c.from, c.to)
		}
	}
	dial := lines(written(t, "folded", recorded(t, "dial-tcp")))
	if n := count(dial, ";net.(*Dialer).Dial_[i];"); n != 2 {
		t.Errorf("net.(*Dialer).Dial, which is inlined, is there %d times, want 2", n)
	}
}
