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
	testWatch(t, probes.Tracepoint, "fib:fib_table_lookup", "net:net_dev_queue")
}

func TestGuest(t *testing.T) {
	backends := map[string]probes.Backend{"6.1": probes.Kprobe, "6.12": probes.KprobeMulti}
	for _, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			vmtest.Run(t, kernel, func(t *testing.T) {
				t.Run("watch", func(t *testing.T) {
					testWatch(t, backends[kernel], "ip4_datagram_connect", "udp_sendmsg")
				})
			})
		})
	}
}

// testWatch dials and writes, each once the one before has been shown, and demands that
// either reached a function of its own.
func testWatch(t *testing.T, backend probes.Backend, dial, write string) {
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
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
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
	dialed := next(ctx, t, bursts, dial)
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	wrote := next(ctx, t, bursts, write)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	reached(t, dialed, dial, "net.(*netFD).connect")
	reached(t, wrote, write, "net.(*netFD).Write")
	for _, sent := range []struct {
		packets []trace.Packet
		want    int
	}{{dialed.Sent(trace.Tracee), 0}, {wrote.Sent(trace.Tracee), 1}} {
		if len(sent.packets) != sent.want {
			t.Errorf("packets that left: %v, want %d", sent.packets, sent.want)
		}
	}
}

// next returns the next burst in which a function was reached. The next window was opened
// before it was shown. On a busy machine what was done may rest in between, and so be shown
// in two bursts: what came before is taken with it.
func next(ctx context.Context, t *testing.T, bursts <-chan *trace.Trace, function string) *trace.Trace {
	t.Helper()
	all := new(trace.Trace)
	for {
		select {
		case seen := <-bursts:
			all.Stacks, all.Packets = append(all.Stacks, seen.Stacks...), append(all.Packets, seen.Packets...)
			if slices.ContainsFunc(seen.Stacks, func(s trace.Stack) bool { return s.Function == function }) {
				return all
			}
		case <-ctx.Done():
			t.Fatalf("in no burst was %s reached", function)
		}
	}
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
