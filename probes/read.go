package probes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cilium/ebpf"
)

// A Count is how often a function ran for one role in one context.
type Count struct {
	Function Function
	Role     Role
	Context  Context
	Calls    uint64
}

// A Frame is one function on a stack.
type Frame struct {
	Name   string // or the address, if no function is known there
	Offset uint64 // bytes from the function's start
}

// A Stack is one way in which a function was reached.
type Stack struct {
	Function Function
	Thread
	Role    Role
	Context Context
	Calls   uint64
	First   int64   // time of the first, ns of CLOCK_MONOTONIC
	Frames  []Frame // leaf first
	Program Program // what led to the system call; nothing in a softirq
}

// A Program is the part of a stack that is below the kernel: bare addresses, as the
// process has them.
type Program struct {
	Frames []uint64 // leaf first: where it is, then return addresses
	// LeafCaller is where the leaf returns to if it is a function without a frame of
	// its own, which then is missing from Frames.
	LeafCaller uint64
	Entered    bool   // the leaf has just been entered, so it is one of those, whatever it is
	Executable uint64 // inode number of the file that the process ran
	Code       uint64 // where that file's first executable segment began in memory
}

// Seen is what a session saw while its gate was open.
type Seen struct {
	Start, End int64 // of the window, ns of CLOCK_MONOTONIC
	Counts     []Count
	Stacks     []Stack
	Calls      []Call // of the hooks
	Packets    []Packet
	Syscalls   []Syscall
	Entries    []Entry   // of a timeline
	Softirqs   []Softirq // that ended inside the window
	Wakeups    []Wakeup
	GoCalls    []GoCall // of the program's own functions: of each the first few thousand
	GoCounts   []uint64 // how often each of those was called

	Hits   uint64 // hits of functions counted, kept apart from Counts
	Lost   uint64 // hits and events for which there was no room
	Missed uint64 // hits that the kernel did not deliver, of all processes
	// MissedKnown tells whether this kernel counts what it misses.
	MissedKnown bool
}

// Read returns what was seen since [Session.Start], and forgets it, so that the
// session can be started again. The gate must be closed. Who is traced is still
// known: see [Session.Dismiss].
func (s *Session) Read() (*Seen, error) {
	seen, err := s.events.take()
	if err != nil {
		return nil, err
	}
	seen.Start, seen.End, seen.Missed = s.start, s.end, s.missedIn
	seen.MissedKnown = countsMissed(s.Backend)
	for _, part := range []func(*Seen) error{s.readUnderWay, s.readSyscallsUnderWay, s.readCounts, s.readStacks, s.readTallies, s.readGoCounts} {
		if err := part(&seen); err != nil {
			return nil, err
		}
	}
	return &seen, s.forget()
}

// readUnderWay adds the calls that had not returned when the gate was closed.
func (s *Session) readUnderWay(seen *Seen) error {
	var key bpfCallKey
	var call bpfCall
	entries := s.objects.Maps[bpfMapCalls].Iterate()
	for entries.Next(&key, &call) {
		seen.Calls = append(seen.Calls, s.events.call(&call.Event))
	}
	if err := entries.Err(); err != nil {
		return fmt.Errorf("read calls under way: %w", err)
	}
	return nil
}

// readSyscallsUnderWay likewise.
func (s *Session) readSyscallsUnderWay(seen *Seen) error {
	var thread uint64
	var event bpfSyscallEvent
	entries := s.objects.Maps[bpfMapSyscallsUnderWay].Iterate()
	for entries.Next(&thread, &event) {
		call := systemCall(&event)
		call.Duration = time.Duration(s.end - call.Time)
		seen.Syscalls = append(seen.Syscalls, call)
	}
	if err := entries.Err(); err != nil {
		return fmt.Errorf("read system calls under way: %w", err)
	}
	return nil
}

// readAtOnce is how many functions' counts are read by one system call: on a machine with
// many CPUs they take much room.
const readAtOnce = 256

func (s *Session) readCounts(seen *Seen) error {
	sums, err := s.sumCounts()
	if err != nil {
		return fmt.Errorf("read counts: %w", err)
	}
	s.hit = slices.Collect(maps.Keys(sums))
	for i, f := range s.Matched {
		sum := sums[s.number(i)]
		for side := range sum.N {
			for context, n := range sum.N[side] {
				if n > 0 {
					seen.Counts = append(seen.Counts, Count{f, s.counted[side], Context(context), n})
				}
			}
		}
	}
	return nil
}

// sumCounts adds up the counts of all CPUs, and returns them by the functions' numbers:
// those of the functions that were hit, often few among many.
func (s *Session) sumCounts() (map[uint32]bpfFunctionCounts, error) {
	m := s.objects.Maps[bpfMapCounts]
	numbers := make([]uint32, min(m.MaxEntries(), readAtOnce))
	cpus := ebpf.MustPossibleCPU()
	counts := make([]bpfFunctionCounts, len(numbers)*cpus)
	sums := make(map[uint32]bpfFunctionCounts)
	var cursor ebpf.MapBatchCursor
	for {
		n, err := m.BatchLookup(&cursor, numbers, counts, nil)
		for i, number := range numbers[:n] {
			if sum := addUp(counts[i*cpus : (i+1)*cpus]); sum != (bpfFunctionCounts{}) {
				sums[number] = sum
			}
		}
		switch {
		case errors.Is(err, ebpf.ErrKeyNotExist): // there are no more
			return sums, nil
		case err != nil:
			return nil, err
		}
	}
}

func addUp(perCPU []bpfFunctionCounts) (sum bpfFunctionCounts) {
	for i := range perCPU {
		for side := range sum.N {
			for context, n := range perCPU[i].N[side] {
				sum.N[side][context] += n
			}
		}
	}
	return sum
}

func (s *Session) readTallies(seen *Seen) error {
	var perCPU []bpfTally
	if err := s.objects.Maps[bpfMapTallies].Lookup(uint32(0), &perCPU); err != nil {
		return fmt.Errorf("read tallies: %w", err)
	}
	for _, cpu := range perCPU {
		seen.Hits += cpu.Calls
		seen.Lost += cpu.Lost
	}
	return nil
}

// number returns the number by which the programs know a function: its index, but
// for tracepoints the index in their table.
func (s *Session) number(i int) uint32 {
	if s.Backend != Tracepoint {
		return uint32(i)
	}
	return uint32(slices.IndexFunc(tracepoints[:], func(t tracepoint) bool { return t.String() == s.Matched[i].Name }))
}

// function returns the function that the programs know by a number.
func (s *Session) function(number uint32) Function {
	for i := range s.Matched {
		// The number is the index, but for tracepoints.
		if at := (int(number) + i) % len(s.Matched); s.number(at) == number {
			return s.Matched[at]
		}
	}
	return Function{}
}

func (s *Session) readStacks(seen *Seen) error {
	var key bpfStackKey
	var value bpfStack
	entries := s.objects.Maps[bpfMapStacks].Iterate()
	for entries.Next(&key, &value) {
		symbols, err := s.symbolsOf(taken(value.Frames[:], value.Bytes))
		if err != nil {
			return err
		}
		seen.Stacks = append(seen.Stacks, Stack{
			Function: s.function(key.Function),
			Thread:   Thread{int(key.Pid), int(key.Tid), text(value.Comm[:])},
			Role:     Role(key.Role),
			Context:  Context(key.Context),
			Calls:    value.Count,
			First:    int64(value.First),
			Frames:   symbols.frames(value.Frames[:], value.Bytes),
			Program: Program{
				Frames:     slices.Clone(taken(value.UserFrames[:], value.UserBytes)),
				LeafCaller: value.LeafCaller,
				Executable: value.Executable,
				Code:       value.Code,
			},
		})
	}
	if err := entries.Err(); err != nil {
		return fmt.Errorf("read stacks: %w", err)
	}
	return nil
}

// symbolsOf returns symbols for the addresses on a stack. A session reads them at most once,
// and only if there is something to look up.
func (s *Session) symbolsOf(addresses []uint64) (*Symbols, error) {
	if s.symbols != nil {
		return s.symbols, nil
	}
	return symbolsRead.of(addresses, func() (_ *Symbols, err error) {
		s.symbols, err = LoadSymbols()
		return s.symbols, err
	})
}

// frames names the functions on a stack of so many bytes. What the tracing itself
// put on top is taken off: programs and trampolines, by name, since their number
// differs between kernels.
func (s *Symbols) frames(addresses []uint64, size int32) []Frame {
	var frames []Frame
	for i, address := range taken(addresses, size) {
		at := address
		if i > 0 {
			at-- // a return address
		}
		name, offset, ok := s.Lookup(at)
		switch {
		case !ok:
			frames = append(frames, Frame{Name: fmt.Sprintf("%#x", address)})
		case len(frames) == 0 && isTracing(name):
		default:
			frames = append(frames, Frame{Name: name, Offset: offset + (address - at)})
		}
	}
	return frames
}

// taken returns the addresses of a stack of so many bytes: none if the kernel could
// not unwind it, which a negative size says.
func taken(addresses []uint64, size int32) []uint64 {
	return addresses[:min(max(int(size), 0)/8, len(addresses))]
}

// isTracing tells whether a function belongs to the tracing, not to the traced.
func isTracing(name string) bool {
	for _, prefix := range []string{"bpf_", "__bpf_", "__traceiter_", "trace_event_raw_", "ftrace_", "fprobe_", "kprobe_", "arch_ftrace_", "perf_trace_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
