package probes

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"golang.org/x/sys/unix"
)

// Sizes of what a session may want. What it does not want has room for one.
const (
	maxStacks = 2048    // different stacks, two kilobytes each
	maxCalls  = 1024    // calls of hooks, or system calls, under way at once
	eventRoom = 4 << 20 // bytes of events that the lab has not read yet
)

// objects are the programs and maps of a session in the kernel.
type objects struct {
	*ebpf.Collection
	spec *ebpf.CollectionSpec
	more []*ebpf.Collection
}

// types are the kernel's, decoded once: they are the same until another one is booted.
var types = btf.NewCache()

// parsed is what the lab's object file holds, in the form of a specification. It is parsed
// once, and copied for each session, which sets its own constants and sizes.
var parsed = sync.OnceValues(loadBpf)

// load loads the programs that the options need, in the form that the backend
// needs. Programs for fentry come later, with their functions.
func load(backend Backend, opts Options, functions int) (*objects, error) {
	whole, err := parsed()
	if err != nil {
		return nil, err
	}
	spec := whole.Copy()
	o := &objects{spec: spec}
	if err := o.configure(opts); err != nil {
		return nil, err
	}
	o.size(backend, opts, functions)

	needed := spec.Copy()
	wanted := programs(backend, opts)
	maps.DeleteFunc(needed.Programs, func(name string, _ *ebpf.ProgramSpec) bool { return !slices.Contains(wanted, name) })
	if backend == KprobeMulti {
		for _, name := range []string{bpfProgFunction, bpfProgHookEnter, bpfProgHookExit} {
			if p := needed.Programs[name]; p != nil {
				p.AttachType = ebpf.AttachTraceKprobeMulti
			}
		}
	}
	o.Collection, err = ebpf.NewCollectionWithOptions(needed, ebpf.CollectionOptions{Cache: types})
	if err != nil {
		return nil, fmt.Errorf("%w%w", errHopeless, loadError(err))
	}
	return o, nil
}

// programs returns the names of the programs to load first, or, for no backend,
// of those that need none.
func programs(backend Backend, opts Options) []string {
	// The end of a softirq before its beginning: attached the other way round, one that
	// ended in between would seem to go on.
	wanted := []string{bpfProgSoftirqExit, bpfProgSoftirqEntry, bpfProgProcessFork}
	if opts.Packets {
		wanted = append(wanted, bpfProgPacketOut, bpfProgPacketIn)
	}
	if opts.Syscalls {
		wanted = append(wanted, bpfProgSyscallEnter, bpfProgSyscallExit)
	}
	if opts.Timeline {
		wanted = append(wanted, bpfProgSoftirqEnds, bpfProgSoftirqBegins, bpfProgThreadWaking)
	}
	if opts.wantsExecs() {
		wanted = append(wanted, bpfProgProcessExec)
	}
	if backend != "" && len(opts.GoFunctions) > 0 {
		wanted = append(wanted, bpfProgGoFunction)
	}
	switch backend {
	case KprobeMulti, Kprobe:
		wanted = append(wanted, bpfProgFunction)
		if opts.Hooks {
			wanted = append(wanted, bpfProgHookEnter, bpfProgHookExit)
		}
	case Tracepoint:
		if opts.wantsFunctions() {
			for _, t := range tracepoints {
				wanted = append(wanted, t.program())
			}
		}
	}
	return wanted
}

// probes returns a probe for each function, and two for each hook: one at its
// entry and one at its return. Those of one program stand together.
func (o *objects) probes(backend Backend, selected *selection, failed failures) ([]probe, error) {
	var all []probe
	add := func(program string, at ebpf.AttachType, f Function, cookie uint64) {
		p := probe{function: f, cookie: cookie, program: o.Programs[program], atReturn: at == ebpf.AttachTraceFExit}
		if backend == Fentry {
			var err error
			if p.program, err = o.forFunction(fentryPrograms[program], at, f); err != nil {
				failed.add(explain(err), f.Name)
				return
			}
		}
		all = append(all, p)
	}
	for i, f := range selected.functions {
		cookie := uint64(i)
		if selected.stacked.match(f.Name) {
			cookie |= uint64(bpfCookieWANT_STACK)
		}
		add(bpfProgFunction, ebpf.AttachTraceFEntry, f, cookie)
	}
	for _, side := range []struct {
		program string
		at      ebpf.AttachType
	}{{bpfProgHookEnter, ebpf.AttachTraceFEntry}, {bpfProgHookExit, ebpf.AttachTraceFExit}} {
		for i, f := range selected.players {
			if f != nil {
				add(side.program, side.at, *f, uint64(i))
			}
		}
	}
	if len(all) == 0 && len(failed) > 0 {
		return nil, errors.New(failed.sorted()[0].Reason)
	}
	return all, nil
}

// fentryPrograms says which program stands in for another with fentry. That the
// same one can count functions is since it looks at none of their arguments.
var fentryPrograms = map[string]string{
	bpfProgFunction:  bpfProgFunction,
	bpfProgHookEnter: bpfProgHookFentry,
	bpfProgHookExit:  bpfProgHookFexit,
}

// configure sets the programs' constants.
func (o *objects) configure(opts Options) error {
	namespace, err := pidNamespace()
	if err != nil {
		return err
	}
	constants := map[string]uint32{bpfVarPidNamespace: namespace}
	if opts.Everybody {
		constants[bpfVarEverybody] = 1
	}
	if opts.Timeline {
		constants[bpfVarTimeline] = 1
	}
	if opts.Hooks {
		constants[bpfVarReceiveErrorArgument] = o.receiveErrorArgument()
	}
	for name, value := range constants {
		if err := o.spec.Variables[name].Set(value); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}

// initialPIDNamespace is the inode number of the first PID namespace:
// PROC_PID_INIT_INO in include/linux/proc_ns.h.
const initialPIDNamespace = 0xEFFFFFFC

// pidNamespace returns the inode number of the lab's PID namespace, or 0 if it is
// the initial one, whose numbers need no translation.
func pidNamespace() (uint32, error) {
	var st unix.Stat_t
	if err := unix.Stat("/proc/self/ns/pid", &st); err != nil {
		return 0, fmt.Errorf("find out the PID namespace: %w", &os.PathError{Op: "stat", Path: "/proc/self/ns/pid", Err: err})
	}
	if st.Ino == initialPIDNamespace {
		return 0, nil
	}
	return uint32(st.Ino), nil
}

// receiveErrorArgument returns which argument of __skb_recv_udp is its error,
// counted from 1.
func (o *objects) receiveErrorArgument() uint32 {
	const since519 = 4 // (sk, flags, off, err); before, (sk, flags, noblock, off, err)
	var f *btf.Func
	kernel, err := types.Kernel()
	if err != nil || kernel.TypeByName("__skb_recv_udp", &f) != nil {
		return since519
	}
	proto, ok := f.Type.(*btf.FuncProto)
	if !ok {
		return since519
	}
	i := slices.IndexFunc(proto.Params, func(p btf.FuncParam) bool { return p.Name == "err" })
	if i < 0 {
		return since519
	}
	return uint32(i + 1)
}

// size makes room in the maps for what is wanted.
func (o *objects) size(backend Backend, opts Options, functions int) {
	if backend == Tracepoint {
		functions = len(tracepoints) // their numbers are fixed
	}
	sizes := map[string]uint32{bpfMapCounts: uint32(max(functions, 1))}
	if len(opts.Stacks) > 0 || backend == Tracepoint {
		sizes[bpfMapStacks] = maxStacks
	}
	if opts.Hooks {
		sizes[bpfMapCalls] = maxCalls
	}
	if opts.Syscalls {
		sizes[bpfMapSyscallsUnderWay] = maxCalls
	}
	if opts.wantsEvents() {
		sizes[bpfMapEvents] = eventRoom
	}
	for name, size := range sizes {
		o.spec.Maps[name].MaxEntries = size
	}
}

// forFunction loads a copy of a program to be attached to one function by fentry
// or fexit, which is fixed when the program is loaded.
func (o *objects) forFunction(program string, at ebpf.AttachType, f Function) (*ebpf.Program, error) {
	if f.Namesakes > 1 {
		return nil, syscall.EADDRNOTAVAIL // the kernel would take one of them
	}
	spec := o.spec.Copy()
	p := spec.Programs[program]
	p.Type, p.AttachType, p.AttachTo = ebpf.Tracing, at, f.Name
	spec.Programs = map[string]*ebpf.ProgramSpec{program: p}
	c, err := ebpf.NewCollectionWithOptions(spec, ebpf.CollectionOptions{Cache: types, MapReplacements: o.Maps})
	if err != nil {
		return nil, loadError(err)
	}
	o.more = append(o.more, c)
	return c.Programs[program], nil
}

// Close unloads everything.
func (o *objects) Close() {
	for _, c := range o.more {
		c.Close()
	}
	if o.Collection != nil {
		o.Collection.Close()
	}
}

// loadError shortens the loader's errors. EPERM comes with the guess that the
// limit on locked memory is too low; no kernel that the lab supports has one.
func loadError(err error) error {
	var rejected *ebpf.VerifierError
	switch {
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("load programs: %w: be root, and see lab doctor for lockdown", unix.EPERM)
	case errors.Is(err, os.ErrNotExist) && strings.Contains(err.Error(), "BTF"):
		return errors.New("load programs: this kernel has no BTF (/sys/kernel/btf/vmlinux): it needs CONFIG_DEBUG_INFO_BTF")
	case errors.As(err, &rejected):
		return fmt.Errorf("load programs: rejected by the kernel: %w", rejected)
	}
	return fmt.Errorf("load programs: %w", err)
}
