package probes

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cilium/ebpf/btf"

	"dialpath/lab/kernel"
)

// A Function is a kernel function that can be traced.
type Function struct {
	Name      string // as the kernel has it: tcp_options_write.isra.0
	Base      string // as the source has it: tcp_options_write
	Namesakes int    // how many functions have this name: static ones may share it
}

// Where tracefs is: since 4.1 at a place of its own, before (and on some machines
// still) inside debugfs.
var tracefs = []string{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}

// find returns the functions that can be traced and match, sorted by name.
//
// The kernel's own list of what can be traced is in tracefs. Where it cannot be
// read, the functions that have both a symbol and a type (in BTF) are taken.
func (p patterns) find() ([]Function, error) {
	if found, err := p.fromTracefs(); err == nil {
		return found, nil
	}
	return p.fromBTF()
}

// fromTracefs selects from the functions that ftrace knows.
//
// (From 6.5 on the kernel also has available_filter_functions_addrs, but with
// indirect branch tracking the addresses in it are those of the instruction after
// the function's first, by which no cookie is found.)
func (p patterns) fromTracefs() ([]Function, error) {
	modules, err := loadedModules()
	if err != nil {
		return nil, err
	}
	text, err := listRead.get(modules, readList)
	if err != nil {
		return nil, err
	}
	return p.read(bytes.NewReader(text))
}

func openFirst(name string) (f *os.File, err error) {
	for _, dir := range tracefs {
		if f, err = os.Open(filepath.Join(dir, name)); err == nil {
			return f, nil
		}
	}
	return nil, err
}

// removed begins the names under which ftrace keeps functions that are no longer
// there, such as those of the kernel's start.
const removed = "__ftrace_invalid_address___"

// read reads lines like "udp_sendmsg" or "vxlan_xmit [vxlan]".
func (p patterns) read(r io.Reader) ([]Function, error) {
	found := make(map[string]*Function)
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		name, _, _ := bytes.Cut(scanner.Bytes(), []byte(" "))
		if p.match(string(name)) && !bytes.HasPrefix(name, []byte(removed)) {
			add(found, string(name))
		}
	}
	return sorted(found), scanner.Err()
}

// add counts one more function of that name.
func add(found map[string]*Function, name string) {
	if found[name] == nil {
		found[name] = &Function{Name: name, Base: kernel.Base(name)}
	}
	found[name].Namesakes++
}

// fromBTF selects from the functions that have a symbol and a type.
func (p patterns) fromBTF() ([]Function, error) {
	types, err := btf.LoadKernelSpec()
	if err != nil {
		return nil, err
	}
	f, err := os.Open("/proc/kallsyms")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	found := make(map[string]*Function)
	err = eachSymbol(f, func(_ uint64, symbol []byte) {
		name := string(symbol)
		var typed *btf.Func
		if strings.HasSuffix(name, ".cold") {
			return // no function, but the part of one that hardly ever runs
		}
		if p.match(name) && (found[name] != nil || types.TypeByName(kernel.Base(name), &typed) == nil) {
			add(found, name)
		}
	})
	return sorted(found), err
}

// locate returns where functions are, by name, from /proc/kallsyms: a long file,
// read only for functions that share a name.
func locate(probes []probe) (map[string][]uint64, error) {
	f, err := os.Open("/proc/kallsyms")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	found := make(map[string][]uint64)
	for _, p := range probes {
		found[p.function.Name] = nil
	}
	err = eachSymbol(f, func(address uint64, name []byte) {
		if _, wanted := found[string(name)]; wanted && address != 0 { // 0 is how they are hidden
			found[string(name)] = append(found[string(name)], address)
		}
	})
	return found, err
}

func sorted(found map[string]*Function) []Function {
	functions := make([]Function, 0, len(found))
	for _, f := range found {
		functions = append(functions, *f)
	}
	slices.SortFunc(functions, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return functions
}
