package record

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
	"dialpath/lab/ring"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/vm/vmtest"
	"dialpath/probes"
)

// Functions are counted on real kernels in guests, by each backend: on one of them, or on
// all that have it, if more is tested than usual.
func TestGuest(t *testing.T) {
	backends := map[string][]probes.Backend{
		"6.1":  {probes.Kprobe},
		"6.12": {probes.KprobeMulti, probes.Fentry},
	}
	if ring.More() {
		backends = map[string][]probes.Backend{
			"6.1":  {probes.Kprobe, probes.Fentry},
			"6.12": {probes.KprobeMulti, probes.Kprobe, probes.Fentry},
		}
	}
	for _, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			vmtest.Guest{Kernel: kernel, Carry: []string{"/usr/bin/env"}}.Run(t, func(t *testing.T) {
				for _, backend := range backends[kernel] {
					t.Run(string(backend), func(t *testing.T) { testBackend(t, backend) })
				}
				t.Run("all", testAll)
			})
		})
	}
}

// testBackend counts few functions, so that fentry can do it too, with the hooks.
func testBackend(t *testing.T, backend probes.Backend) {
	wanted := probes.Options{
		Functions: []string{"udp_sendmsg", "tcp_connect", "ip_send_skb"},
		Hooks:     true, Packets: true, Syscalls: true, Strict: true, Backend: backend,
	}
	traces := doAll(t, wanted, of(t, "write-udp", datagrams), of(t, "echo-udp", 7), of(t, "dial-tcp", 5), of(t, "dialudp", 3))
	for _, tr := range traces {
		if tr.Backend.Name != backend || tr.Honesty.Matched != 3 || tr.Honesty.Attached != 3 {
			t.Errorf("attached %d of %d by %s, want 3 of 3 by %s", tr.Honesty.Attached, tr.Honesty.Matched, tr.Backend.Name, backend)
		}
		addsUp(t, tr)
	}
	t.Run("write-udp", func(t *testing.T) {
		ran(t, traces[0], "udp_sendmsg", trace.Client, datagrams)
		ran(t, traces[0], "ip_send_skb", trace.Client, datagrams)
		hooked(t, traces[0], kernel.UDPSend, trace.Client, datagrams, 9, 9)
	})
	t.Run("echo-udp", func(t *testing.T) {
		ran(t, traces[1], "udp_sendmsg", trace.Client, 7)
		ran(t, traces[1], "udp_sendmsg", trace.Server, 7)
		hooked(t, traces[1], kernel.UDPSend, trace.Client, 7, 7, 7)
		hooked(t, traces[1], kernel.UDPConnect, trace.Client, 7, 0, 0)
	})
	t.Run("dial-tcp", func(t *testing.T) {
		ran(t, traces[2], "tcp_connect", trace.Client, 5)
		ran(t, traces[2], "tcp_connect", trace.Server, 0)
		hooked(t, traces[2], kernel.TCPConnect, trace.Client, 5, 0, 0)
	})
	t.Run("dialudp", func(t *testing.T) {
		ran(t, traces[3], "udp_sendmsg", trace.Client, 0)
		hooked(t, traces[3], kernel.UDPConnect, trace.Client, 3, 0, 0)
	})
	t.Run("command", func(t *testing.T) { testCommandCounted(t, wanted) })
	t.Run("process", func(t *testing.T) { testProcessCounted(t, wanted) })
}

// testCommandCounted counts for a command, its threads and its children.
func testCommandCounted(t *testing.T, wanted probes.Options) {
	const children = 2
	addr := sink(t)
	tr := do(t, wanted, asCommand("send", addr, strconv.Itoa(datagrams), strconv.Itoa(children)))
	ran(t, tr, "udp_sendmsg", trace.Tracee, datagrams*(1+children))
	sent(t, tr, addr, datagrams*(1+children))
	addsUp(t, tr)
}

// testProcessCounted counts for a process that was there before.
func testProcessCounted(t *testing.T, wanted probes.Options) {
	const children = 2
	addr := sink(t)
	pid, proceed := waiting(t, "send", addr, strconv.Itoa(datagrams), strconv.Itoa(children))
	tr := do(t, wanted, atReady(Options{Target: stage.Target{PID: pid}}, proceed))
	ran(t, tr, "udp_sendmsg", trace.Tracee, datagrams*(1+children))
	sent(t, tr, addr, datagrams*(1+children))
	addsUp(t, tr)
}

// testAll counts all udp_* functions by the best backend.
func testAll(t *testing.T) {
	tr := do(t, probes.Options{Functions: []string{"udp_*"}, Strict: true}, of(t, "write-udp", datagrams))
	ran(t, tr, "udp_sendmsg", trace.Client, datagrams)
	ran(t, tr, "udp_send_skb", trace.Client, datagrams)
	addsUp(t, tr)
	if h := tr.Honesty; h.Matched < 50 || h.Attached != h.Matched {
		t.Errorf("attached %d of %d functions, want all of some 60", h.Attached, h.Matched)
	}
}

// ran asserts how often a function ran for a role: all in process context, since
// that is where sending and connecting is done.
func ran(t *testing.T, tr *trace.Trace, function string, role trace.Role, want uint64) {
	t.Helper()
	contexts := make(map[trace.Context]uint64)
	for _, f := range tr.Functions {
		if f.Base == function && f.Role == role {
			contexts[f.Context] += f.Count
		}
	}
	expected := map[trace.Context]uint64{trace.Process: want}
	if want == 0 {
		expected = map[trace.Context]uint64{}
	}
	if diff := cmp.Diff(expected, contexts); diff != "" {
		t.Errorf("%s ran for the %s (- want, + got):\n%s", function, role, diff)
	}
}

// addsUp asserts that the counts by function, role and context are the calls that
// were counted apart from them.
func addsUp(t *testing.T, tr *trace.Trace) {
	t.Helper()
	if tr.Counted() != tr.Honesty.Calls {
		t.Errorf("counts add up to %d of %d calls", tr.Counted(), tr.Honesty.Calls)
	}
}

// hooked asserts how often a hook was called, from where to where, with how many
// bytes, and what each call returned.
func hooked(t *testing.T, tr *trace.Trace, hook string, role trace.Role, want, length int, returned int64) {
	t.Helper()
	n := 0
	for _, h := range tr.Hooks {
		if h.Hook != hook || h.Role != role {
			continue
		}
		n++
		ends := h.Local.Addr().String() == "10.0.0.1" && h.Peer.String() == "10.0.0.2:1337"
		if !ends || h.Length != length || !h.Returned || h.Return != returned || h.Family != "inet" || h.Context != trace.Process || h.Comm != tr.Target.Workload {
			t.Errorf("%s: %+v, want it from 10.0.0.1 to 10.0.0.2:1337, %d bytes, returning %d", hook, h, length, returned)
			return
		}
	}
	if n != want {
		t.Errorf("%s was called %d times by the %s, want %d", hook, n, role, want)
	}
}
