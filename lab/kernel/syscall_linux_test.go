package kernel_test

import (
	"os"
	"regexp"
	"runtime"
	"testing"

	"dialpath/lab/kernel"
)

// TestSyscallFunctions: the running kernel has a function for each system call of the table,
// and [kernel.SyscallOf] finds the call's name in the function's. Else a stack would not show
// which call it is in.
func TestSyscallFunctions(t *testing.T) {
	t.Parallel()
	symbols, err := os.ReadFile("/proc/kallsyms")
	if err != nil {
		t.Fatal(err)
	}
	has := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m) [tTwW] (\S+)$`).FindAllStringSubmatch(string(symbols), -1) {
		if call, wrapper := kernel.SyscallOf(m[1]); wrapper {
			has[call] = true
		}
	}
	for _, call := range kernel.Syscalls() {
		if runtime.GOARCH == "arm64" && call.Name == "dup2" { // which has dup3 alone
			continue
		}
		if !has[call.Name+"(2)"] {
			t.Errorf("no function of this kernel is of %s(2)", call.Name)
		}
	}
}
