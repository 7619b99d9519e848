package doctor

import (
	"fmt"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/link"
)

// canary is the function that is probed for a moment: every kernel with a network
// has it, once, and it is called seldom.
const canary = "tcp_connect"

// canaryTracepoint is one that the lab cannot do without: the border between a
// process and what the kernel does on its thread.
const canaryTracepoint = "softirq_entry"

// attach really attaches a program that does nothing, by one of the backends, and
// detaches it.
func attach(backend string) error {
	spec := &ebpf.ProgramSpec{
		Name:         "dialpath_doctor",
		License:      "GPL",
		Instructions: asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()},
	}
	switch backend {
	case kprobeMulti:
		spec.Type, spec.AttachType = ebpf.Kprobe, ebpf.AttachTraceKprobeMulti
	case kprobe:
		spec.Type = ebpf.Kprobe
	case fentry:
		spec.Type, spec.AttachType, spec.AttachTo = ebpf.Tracing, ebpf.AttachTraceFEntry, canary
	case tracepoint:
		spec.Type = ebpf.RawTracepoint
	default:
		return fmt.Errorf("attach: unknown backend %q", backend)
	}
	program, err := ebpf.NewProgram(spec)
	if err != nil {
		return fmt.Errorf("load a program for %s: %w", backend, err)
	}
	defer program.Close()
	l, err := attachProgram(backend, program)
	if err != nil {
		return fmt.Errorf("attach a program by %s: %w", backend, err)
	}
	return l.Close()
}

func attachProgram(backend string, program *ebpf.Program) (link.Link, error) {
	switch backend {
	case kprobeMulti:
		return link.KprobeMulti(program, link.KprobeMultiOptions{Symbols: []string{canary}})
	case kprobe:
		return link.Kprobe(canary, program, nil)
	case fentry: // with a cookie, as the lab's are
		return link.AttachTracing(link.TracingOptions{Program: program, AttachType: ebpf.AttachTraceFEntry, Cookie: 1})
	}
	return link.AttachRawTracepoint(link.RawTracepointOptions{Name: canaryTracepoint, Program: program})
}
