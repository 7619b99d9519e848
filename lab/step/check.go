package step

import (
	"cmp"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Check finds out, before anything is attached, whether Delve can debug what the options
// name.
func (o Options) Check() error {
	var what string
	var err error
	switch {
	case o.Command != nil:
		what = o.Command[0]
		err = checkCommand(o.Command[0])
	case o.PID != 0:
		what = fmt.Sprintf("process %d", o.PID)
		err = checkProcess(o.PID)
	default:
		what = "the lab itself"
		err = checkProgram("/proc/self/exe") // workloads are in it
	}
	if err == nil {
		err = checkYama()
	}
	if err != nil {
		return fmt.Errorf("debug %s: %w", what, err)
	}
	return nil
}

// checkYama tells whether the security module Yama lets anybody debug.
func checkYama() error {
	scope, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	if err == nil && strings.TrimSpace(string(scope)) == "3" {
		return errors.New("this machine lets nobody debug (kernel.yama.ptrace_scope is 3, which only a reboot changes)")
	}
	return nil
}

func checkCommand(name string) error {
	path, err := findProgram(name)
	if err != nil {
		return err
	}
	return checkProgram(path)
}

// findProgram returns the path of a command, as Delve wants it: from the root.
func findProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", errors.New("there is no such program")
	case errors.Is(err, fs.ErrPermission):
		return "", errors.New("it is not executable")
	case err != nil:
		return "", errors.Unwrap(err)
	}
	return filepath.Abs(path)
}

// machines are the architectures of programs, by the names that Go has for them.
var machines = map[elf.Machine]string{
	elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_386: "386", elf.EM_ARM: "arm",
	elf.EM_RISCV: "riscv64", elf.EM_S390: "s390x", elf.EM_PPC64: "ppc64le", elf.EM_LOONGARCH: "loong64",
}

// checkProgram tells whether a file is a Go program that can be debugged here.
func checkProgram(name string) error {
	file, err := elf.Open(name)
	var unreadable *fs.PathError
	switch {
	case errors.As(err, &unreadable):
		return unreadable.Err
	case err != nil:
		return errors.New("it is no program, or a damaged one: give one that go build made")
	}
	defer file.Close()
	if machine := machines[file.Machine]; machine != runtime.GOARCH {
		return fmt.Errorf("it is for %s, and this machine is %s: build it with GOARCH=%s", cmp.Or(machine, file.Machine.String()), runtime.GOARCH, runtime.GOARCH)
	}
	if _, err := buildinfo.ReadFile(name); err != nil {
		return errors.New("it is not a Go program: Delve knows nothing else")
	}
	if file.Section(".debug_info") == nil && file.Section(".zdebug_info") == nil {
		return errors.New("it has no debug information: build it without -ldflags=-s or -w (go run and go test leave it out, too)")
	}
	return nil
}

// checkProcess tells whether a process can be debugged.
func checkProcess(pid int) error {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return errors.New("there is no such process")
	}
	if group := field(status, "Tgid"); group != strconv.Itoa(pid) {
		return fmt.Errorf("it is a thread of process %s: give that number", group)
	}
	if tracer := field(status, "TracerPid"); tracer != "0" {
		comm, _ := os.ReadFile(filepath.Join("/proc", tracer, "comm"))
		return fmt.Errorf("it is being debugged already, by process %s (%s): end that first", tracer, strings.TrimSpace(string(comm)))
	}
	exe := filepath.Join(proc, "exe")
	if _, err := os.Stat(exe); errors.Is(err, fs.ErrPermission) {
		return errors.New("it is not yours: be root, with the capability CAP_SYS_PTRACE")
	}
	return checkProgram(exe)
}

// field returns a field of /proc/PID/status.
func field(status []byte, name string) string {
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
