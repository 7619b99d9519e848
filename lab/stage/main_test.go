package stage

import (
	"os"
	"strings"
	"testing"

	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
)

// This binary is also the child that runs a target's part, process 1 of a guest, and the
// programs of puppet_test.go.
func TestMain(m *testing.M) {
	vm.Init()
	Main()
	if part := os.Getenv(puppetEnv); part != "" {
		os.Exit(puppet(strings.Fields(part)))
	}
	vmtest.Main(m)
}
