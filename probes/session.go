package probes

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
)

// A Session is a set of attached probes. It holds all that it made in file
// descriptors, so that nothing stays in the kernel when the process ends, however
// it ends.
type Session struct {
	Backend Backend       // how the probes were attached
	Why     string        // why that way, one line
	Matched []Function    // functions, or tracepoints, to be counted
	Failed  []Failure     // those that could not be attached to
	Attach  time.Duration // how long attaching took

	options    Options
	objects    *objects
	links      []link.Link
	inProgram  []link.Link           // at functions of a program's own
	players    [len(hooks)]*Function // the function that plays each hook; nil for none
	counted    [sides]Role           // whose work is counted on each side; 0 for nobody's
	hit        []uint32              // numbers of the functions whose counts were read last
	events     *events
	symbols    *Symbols // read by this session, if it had to
	start, end int64    // of the window, ns of CLOCK_MONOTONIC

	missedBefore, missedIn uint64 // hits missed before this window, and in it
}

// Open loads the programs and attaches what opts ask for. Nothing is seen before
// [Session.Start]. One function that cannot be probed fails nothing: it is in
// Failed. Without a backend in opts the best that works is taken.
//
// Open needs root, or the capabilities CAP_BPF and CAP_PERFMON. It fails with
// [ErrNoMatch] if a pattern matches nothing, unless opts say that it may.
func Open(opts Options) (*Session, error) {
	if opts.Progress == nil {
		opts.Progress = func(string, int, int) {}
	}
	if n := len(opts.GoFunctions); n > maxGoFunctions {
		return nil, fmt.Errorf("watch %d functions of a program: there is room for %d", n, maxGoFunctions)
	}
	raiseFileLimit()

	candidates := kernel.Backends()
	switch {
	case opts.Backend != "":
		candidates = []Backend{opts.Backend}
	case !opts.wantsFunctions():
		candidates = []Backend{Tracepoint} // packets and system calls need no more
	}
	var why []string
	for _, backend := range candidates {
		s, err := open(backend, opts)
		switch {
		case err == nil:
			s.Why = reason(opts, why)
			return s, nil
		case errors.Is(err, errHopeless), errors.Is(err, ErrNoMatch):
			return nil, err
		case errors.Is(err, ErrNoFunctions):
			return nil, fmt.Errorf("%w (%s)", err, strings.Join(why, "; "))
		}
		why = append(why, fmt.Sprintf("%s: %v", backend, err))
	}
	return nil, fmt.Errorf("attach probes: %s", strings.Join(why, "; "))
}

// reason says why a backend was taken, given how the better ones failed.
func reason(opts Options, why []string) string {
	switch {
	case opts.Backend != "":
		return "as asked for"
	case !opts.wantsFunctions():
		return "nothing asked for needs kprobes"
	case len(why) == 0:
		return "the best there is"
	}
	return "no " + strings.Join(why, "; no ")
}

// errHopeless marks errors that no other backend would mend. It is a mark only: its
// text is empty.
var errHopeless = errors.New("")

func open(backend Backend, opts Options) (_ *Session, err error) {
	s := &Session{Backend: backend, options: opts}
	if opts.Everybody {
		s.counted[Any.side()] = Any
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()

	selected := new(selection)
	switch {
	case !opts.wantsFunctions():
	case backend == Tracepoint:
		selected, err = selectTracepoints(opts)
	default:
		selected, err = selectFunctions(opts)
	}
	if err != nil {
		return nil, err
	}
	if backend == Fentry && len(selected.functions) > maxFentry {
		return nil, fmt.Errorf("for at most %d functions, not %d: it needs a program for each", maxFentry, len(selected.functions))
	}
	s.Matched, s.players = selected.functions, selected.players
	if s.objects, err = load(backend, opts, len(s.Matched)); err != nil {
		return nil, err
	}
	if s.events, err = openEvents(s.objects, opts, s.players, s.function); err != nil {
		return nil, err
	}

	began := time.Now()
	if err = s.attachContext(); err != nil {
		return nil, err
	}
	failed := make(failures)
	switch {
	case !opts.wantsFunctions():
	case backend == Tracepoint:
		s.attachTracepoints(failed)
	default:
		err = s.attachFunctions(selected, failed)
	}
	s.Attach = time.Since(began)
	for _, name := range selected.absent {
		failed.add("this kernel has no such function", name)
	}
	s.Failed = failed.sorted()
	return s, err
}

// attachContext attaches what every session needs: whose work it is, in which
// context; and the packets and system calls, if they are wanted. All of these are
// raw tracepoints, which every kernel has.
func (s *Session) attachContext() error {
	for _, program := range programs("", s.options) {
		if err := s.attachRaw(program); err != nil {
			return fmt.Errorf("%w%w", errHopeless, err)
		}
	}
	return nil
}

func (s *Session) attachRaw(program string) error {
	name := strings.TrimPrefix(s.objects.spec.Programs[program].SectionName, "raw_tp/")
	l, err := link.AttachRawTracepoint(link.RawTracepointOptions{Name: name, Program: s.objects.Programs[program]})
	if err != nil {
		return fmt.Errorf("attach to tracepoint %s: %w", name, err)
	}
	s.links = append(s.links, l)
	return nil
}

// attachTracepoints attaches to the tracepoints that were selected.
func (s *Session) attachTracepoints(failed failures) {
	for _, t := range tracepoints {
		if !slices.ContainsFunc(s.Matched, func(f Function) bool { return f.Name == t.String() }) {
			continue
		}
		err := s.attachRaw(t.program())
		switch {
		case errors.Is(err, unix.ENOENT):
			failed.add("the kernel has it since "+t.since.String(), t.String())
		case err != nil:
			failed.add(explain(err), t.String())
		}
	}
}

// attachFunctions attaches to the functions and to those who play the hooks.
func (s *Session) attachFunctions(selected *selection, failed failures) error {
	probes, err := s.objects.probes(s.Backend, selected, failed)
	if err != nil {
		return err
	}
	links, err := attachers[s.Backend](probes, failed, s.options.Progress)
	s.links = append(s.links, links...)
	if err == nil && len(links) == 0 {
		err = errors.New(failed.sorted()[0].Reason)
	}
	return err
}

// Admit starts to trace a process, and all children born to it from now on. The PID
// is that of the lab's own PID namespace. A session traces clients and servers, or else
// tracees: who was traced as something else must be dismissed first.
func (s *Session) Admit(pid int, role Role) error {
	if err := s.count(role); err != nil {
		return fmt.Errorf("trace process %d: %w", pid, err)
	}
	return s.objects.Maps[bpfMapProcesses].Put(uint32(pid), uint32(role))
}

// count gives a role its side of the counts.
func (s *Session) count(role Role) error {
	if s.options.Everybody {
		return nil // all count as one
	}
	side := &s.counted[role.side()]
	if *side != 0 && *side != role {
		return fmt.Errorf("a %s cannot be counted apart from the %s that is traced: dismiss that first", role, *side)
	}
	*side = role
	return nil
}

// AdmitNamespace records all packets of a network namespace, by its inode number.
func (s *Session) AdmitNamespace(inode uint32, role Role) error {
	return s.objects.Maps[bpfMapNamespaces].Put(inode, uint32(role))
}

// Hits returns how many hits of functions have been counted since [Session.Start].
// It may be asked while the gate is open.
func (s *Session) Hits() (uint64, error) {
	var seen Seen
	err := s.readTallies(&seen)
	return seen.Hits, err
}

// Start opens the gate.
func (s *Session) Start() (err error) {
	if s.missedBefore, err = s.missed(); err != nil {
		return err
	}
	s.start = now()
	return s.objects.Variables[bpfVarGate].Set(uint32(1))
}

// Stop closes the gate. Nothing that happens later is seen.
func (s *Session) Stop() error {
	if err := s.objects.Variables[bpfVarGate].Set(uint32(0)); err != nil {
		return err
	}
	waitForPrograms()
	s.end = now()
	missed, err := s.missed()
	s.missedIn = missed - s.missedBefore
	return err
}

// waitForPrograms returns when every program that found the gate open has ended.
// Programs run under RCU, and membarrier(2) waits as the kernel's synchronize_rcu
// does. (A kernel with nohz_full CPUs refuses; then a hit of the last microseconds
// may be counted in the next window.)
func waitForPrograms() {
	unix.Syscall(unix.SYS_MEMBARRIER, membarrierGlobal, 0, 0)
}

// MEMBARRIER_CMD_GLOBAL in include/uapi/linux/membarrier.h.
const membarrierGlobal = 1

// now returns the time on the clock of bpf_ktime_get_ns.
func now() int64 {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // cannot fail for this clock
	return t.Nano()
}

// Close detaches and unloads everything. That is what takes the time with single
// kprobes: the kernel waits at each until no CPU can be inside it.
func (s *Session) Close() error {
	err := errors.Join(s.DetachProgram(), closeAll(s.links, s.options.Progress))
	s.links = nil
	if s.events != nil {
		err = errors.Join(err, s.events.close())
	}
	if s.objects != nil {
		s.objects.Close()
	}
	return err
}

// raiseFileLimit makes room for a file descriptor or two for each probe. A limit
// that cannot be raised shows as functions that have no probe.
func raiseFileLimit() {
	want := unix.Rlimit{Cur: 1 << 16, Max: 1 << 16}
	var have unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &have) != nil || have.Cur >= want.Cur {
		return
	}
	if have.Max > want.Max {
		want.Max = have.Max
	}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &want) != nil {
		want = unix.Rlimit{Cur: have.Max, Max: have.Max}
		unix.Setrlimit(unix.RLIMIT_NOFILE, &want)
	}
}
