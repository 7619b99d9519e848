package watch_test

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"dialpath/lab/record"
	"dialpath/lab/ring"
	"dialpath/lab/trace"
	"dialpath/lab/vm/vmtest"
	"dialpath/lab/watch"
	"dialpath/probes"
)

func TestMain(m *testing.M) { vmtest.Main(m) }

// This very process is watched while it dials and writes: each is a burst of its own.
func TestLive(t *testing.T) {
	ring.Root(t)
	testWatch(t, probes.Tracepoint, func(t *testing.T, dialed, wrote *trace.Trace) {
		reached(t, dialed, "fib:fib_table_lookup", "net.(*netFD).connect")
		reached(t, wrote, "net:net_dev_queue", "net.(*netFD).Write")
	})
}

func TestGuest(t *testing.T) {
	backends := map[string]probes.Backend{"6.1": probes.Kprobe, "6.12": probes.KprobeMulti}
	for _, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			vmtest.Run(t, kernel, func(t *testing.T) {
				t.Run("watch", func(t *testing.T) {
					testWatch(t, backends[kernel], func(t *testing.T, dialed, wrote *trace.Trace) {
						reached(t, dialed, "ip4_datagram_connect", "net.(*netFD).connect")
						reached(t, wrote, "udp_sendmsg", "net.(*netFD).Write")
					})
				})
			})
		})
	}
}

// testWatch dials and writes, each once the one before has been shown.
func testWatch(t *testing.T, backend probes.Backend, check func(t *testing.T, dialed, wrote *trace.Trace)) {
	server, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	recorder, err := record.Open(probes.Options{
		Stacks: []string{"udp_*", "*ip4_datagram_connect"}, Packets: true, Backend: backend,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer recorder.Close()
	if err := recorder.Admit(os.Getpid()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := recorder.Begin(); err != nil {
		t.Fatal(err)
	}
	bursts, done := make(chan *trace.Trace, 99), make(chan error, 1)
	go func() {
		done <- watch.Run(ctx, recorder, func() bool { return false }, func(_ time.Time, t *trace.Trace) error {
			bursts <- t
			return nil
		})
	}()
	conn, err := net.Dial("udp4", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	dialed := []*trace.Trace{next(ctx, t, bursts)}
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	// On a busy machine a dial can be so long that it is shown in parts.
	wrote := next(ctx, t, bursts)
	for ; len(wrote.Sent(trace.Tracee)) == 0; wrote = next(ctx, t, bursts) {
		dialed = append(dialed, wrote)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	whole := dialed[0]
	for _, part := range dialed[1:] {
		whole.Stacks = append(whole.Stacks, part.Stacks...)
	}
	check(t, whole, wrote)
	if sent := dialed[0].Sent(trace.Tracee); len(sent) != 0 {
		t.Errorf("packets that left at the dial: %v, want none", sent)
	}
	if sent := wrote.Sent(trace.Tracee); len(sent) != 1 {
		t.Errorf("packets that left at the write: %v, want one", sent)
	}
}

// next returns the next burst. The next window was opened before it was shown.
func next(ctx context.Context, t *testing.T, bursts <-chan *trace.Trace) *trace.Trace {
	t.Helper()
	select {
	case seen := <-bursts:
		return seen
	case <-ctx.Done():
		t.Fatal("nothing was shown")
	}
	return nil
}

// reached demands that a function was reached once or more in process context, and always
// from the Go function.
func reached(t *testing.T, seen *trace.Trace, function, from string) {
	t.Helper()
	n := 0
	for _, s := range seen.Stacks {
		if s.Function != function || s.Context != trace.Process {
			continue
		}
		n++
		if !slices.ContainsFunc(s.Frames, func(f trace.Frame) bool { return f.Kind == trace.User && f.Name == from }) {
			t.Errorf("%s was reached not from %s, but by %v", function, from, s.Frames)
		}
	}
	if n == 0 {
		var all []string
		for _, s := range seen.Stacks {
			all = append(all, s.Function)
		}
		t.Errorf("%s was not reached, but %s", function, strings.Join(all, ", "))
	}
}
