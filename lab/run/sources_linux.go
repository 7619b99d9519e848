package run

import (
	"debug/buildinfo"
	"os"
	"slices"
	"strings"

	"dialpath/lab/symbol"
)

// underNet are the packages of the standard library through which a program on the network
// is stepped. To take all sources into a guest would take it longer to boot.
var underNet = []string{
	"net", "net/netip", "internal/poll", "internal/singleflight", "syscall", "internal/syscall/unix",
	"internal/runtime/syscall/linux", "os", "io", "fmt", "context", "bufio", "strings", "bytes", "time", "sync",
}

// Sources returns the source files of a Go program that are on this machine: its own
// module's, and those on its way to the kernel. A debugger shows them.
func Sources(program string) []string {
	file, err := symbol.Open(program)
	if err != nil {
		return nil // whether it can be debugged will be found out
	}
	defer file.Close()
	module := "main"
	if info, err := buildinfo.ReadFile(program); err == nil && info.Main.Path != "" {
		module = info.Main.Path
	}
	all := file.Sources(func(pkg string) bool {
		return pkg == "main" || pkg == module || strings.HasPrefix(pkg, module+"/") || slices.Contains(underNet, pkg)
	})
	return slices.DeleteFunc(all, func(name string) bool {
		info, err := os.Stat(name)
		return err != nil || !info.Mode().IsRegular()
	})
}
