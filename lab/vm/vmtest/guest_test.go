package vmtest_test

import (
	"os"
	"strings"
	"testing"

	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
)

func TestMain(m *testing.M) { vmtest.Main(m) }

// TestGuest takes the kernel that a guest has not by default.
func TestGuest(t *testing.T) {
	for _, kernel := range vmtest.Kernels[:1] {
		t.Run(kernel, func(t *testing.T) {
			vmtest.Guest{Kernel: kernel, Inputs: []string{"vmtest.go"}, Env: []string{"GREETING=hello"}}.Run(t, func(t *testing.T) {
				t.Run("is inside", func(t *testing.T) {
					if !vm.InGuest() {
						t.Error("this runs outside")
					}
				})
				t.Run("has the kernel", func(t *testing.T) {
					release, err := os.ReadFile("/proc/sys/kernel/osrelease")
					if err != nil || !strings.HasPrefix(string(release), kernel+".") {
						t.Errorf("release %q, %v; want %s", release, err, kernel)
					}
				})
				t.Run("has inputs and environment", func(t *testing.T) {
					text, err := os.ReadFile("vmtest.go")
					if err != nil || !strings.Contains(string(text), "package vmtest\n") {
						t.Errorf("read the input: %d bytes, %v", len(text), err)
					}
					if got := os.Getenv("GREETING"); got != "hello" {
						t.Errorf("GREETING is %q", got)
					}
				})
			})
		})
	}
}
