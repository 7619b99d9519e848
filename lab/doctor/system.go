package doctor

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"dialpath/lab/vm"
)

// A System is the machine as the doctor meets it: files to read and things to
// try. Tests describe other machines with it.
type System struct {
	Release string // of the kernel
	Arch    string // GOARCH
	UID     int    // effective

	Files    fs.FS                              // the root directory
	LookPath func(name string) (string, error)  // finds a program
	Go       func() (version string, err error) // asks the go command
	Attach   func(backend string) error         // really attaches a probe, and detaches it
	Network  func() error                       // really makes a network namespace with a veth pair, and drops it
	KVM      func() vm.KVMTrial                 // starts a guest under KVM; nil if it is not asked for
}

// Host is the machine that this program runs on.
func Host() System {
	return System{
		Release:  release(),
		Arch:     runtime.GOARCH,
		UID:      os.Geteuid(),
		Files:    os.DirFS("/"),
		LookPath: exec.LookPath,
		Go:       goVersion,
		Attach:   attach,
		Network:  tryNetwork,
		KVM:      func() vm.KVMTrial { return vm.TryKVM(context.Background()) },
	}
}

func release() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}

// goVersion asks for the version from a directory without a go.mod, so that no
// other toolchain is fetched to answer.
func goVersion() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	cmd.Dir = "/"
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}
