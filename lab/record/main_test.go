package record

import (
	"os"
	"strings"
	"testing"

	"dialpath/lab/stage"
	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
)

// This binary is also the child that the lab runs workloads in, process 1 of a
// guest, and the programs to be traced of puppet_test.go.
func TestMain(m *testing.M) {
	vm.Init()
	stage.Main()
	if part := os.Getenv(puppetEnv); part != "" {
		os.Exit(puppet(strings.Fields(part)))
	}
	vmtest.Main(m)
}
