package cell

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// A program is to be seen, and to share nothing with what is outside of its cell. So the
// kernel refuses it some system calls, by a filter (seccomp) that is here as the kernel runs
// it: instructions that load a part of the call, compare, and return what is to be done.
// x/net assembles them. Libraries that take names and rules have one answer for all that is
// refused, and leave it open what becomes of the calls of another architecture.

// refused are the calls that this kernel is not to have, as far as the program can tell: those
// that have the kernel send and receive without a call that is seen, and those that make
// memory which is no process's.
var refused = []uint32{
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_IO_SETUP, unix.SYS_IO_SUBMIT,
	unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET, unix.SYS_SHMGET,
}

// families are those of the sockets that a program can have.
var families = []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6}

// architectures are the kernel's numbers for them.
var architectures = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// Where the parts of a call are in struct seccomp_data (include/uapi/linux/seccomp.h). Of an
// argument it is the lower half, which comes first: the kernel takes no more of these.
const (
	atNumber       = 0
	atArchitecture = 4
	atArguments    = 16
)

// foreign begins the numbers of x32, which is amd64 with pointers of 32 bits.
const foreign = 0x40000000

// filter makes the filter's program.
func filter(architecture uint32) []bpf.Instruction {
	// What was loaded last is compared; if it is equal, or the like, the next one runs.
	when := func(test bpf.JumpTest, value uint32) bpf.Instruction {
		return bpf.JumpIf{Cond: test, Val: value, SkipFalse: 1}
	}
	p := []bpf.Instruction{
		load(atArchitecture), when(bpf.JumpNotEqual, architecture), fail(unix.ENOSYS),
		load(atNumber), when(bpf.JumpGreaterOrEqual, foreign), fail(unix.ENOSYS),
	}
	for _, number := range refused {
		p = append(p, when(bpf.JumpEqual, number), fail(unix.ENOSYS))
	}
	mmap := sharedMemory()
	p = append(p, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_MMAP, SkipTrue: uint8(len(mmap))})
	p = append(p, mmap...)
	p = append(p,
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.SYS_SOCKET, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.SYS_SOCKETPAIR, SkipTrue: 1},
		allow, load(atArguments))
	for _, family := range families {
		p = append(p, when(bpf.JumpEqual, family), allow)
	}
	return append(p, fail(unix.EAFNOSUPPORT))
}

// sharedMemory is for mmap: memory that is shared and of no file is refused, since no limit
// of a process counts it.
func sharedMemory() []bpf.Instruction {
	const flags = atArguments + 3*8
	return []bpf.Instruction{
		load(flags),
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.MAP_ANONYMOUS, SkipFalse: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.MAP_SHARED, SkipFalse: 1},
		fail(unix.ENOMEM),
		allow,
	}
}

func load(at uint32) bpf.Instruction { return bpf.LoadAbsolute{Off: at, Size: 4} }

func fail(errno syscall.Errno) bpf.Instruction {
	return bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(errno)}
}

var allow = bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}

// refuse puts the filter on this thread, and so on the program that it becomes.
func refuse() error {
	raw, err := bpf.Assemble(filter(architectures[runtime.GOARCH]))
	if err != nil {
		return fmt.Errorf("assemble a filter: %w", err)
	}
	instructions := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		instructions[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	program := unix.SockFprog{Len: uint16(len(instructions)), Filter: &instructions[0]}
	err = unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
	runtime.KeepAlive(instructions)
	return err
}
