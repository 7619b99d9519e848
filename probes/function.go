package probes

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cilium/ebpf/btf"
)

// A Function is a kernel function that can be traced.
type Function struct {
	Name      string   // as the kernel has it: tcp_options_write.isra.0
	Base      string   // as the source has it: tcp_options_write
	Addresses []uint64 // where it is; static functions may share a name
}

// BaseName returns the name that a function has in the source: compilers append
// suffixes like .isra.0, .part.0 or .constprop.0 to the functions they change.
func BaseName(name string) string {
	base, _, _ := strings.Cut(name, ".")
	return base
}

// patterns are globs as path.Match has them, for whole function names.
type patterns []string

func (p patterns) check() error {
	for _, glob := range p {
		if _, err := path.Match(glob, ""); err != nil {
			return fmt.Errorf("pattern %q: %w", glob, err)
		}
	}
	return nil
}

// match tells whether one of the patterns matches a name or its base name.
func (p patterns) match(name string) bool {
	return slices.ContainsFunc(p, func(glob string) bool {
		whole, _ := path.Match(glob, name)
		base, _ := path.Match(glob, BaseName(name))
		return whole || base
	})
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

// fromTracefs selects from the functions that ftrace knows. The file with
// addresses exists since 6.5; before, the addresses are looked up.
func (p patterns) fromTracefs() ([]Function, error) {
	f, err := openFirst("available_filter_functions_addrs")
	if err == nil {
		defer f.Close()
		return p.read(f, true)
	}
	f, err = openFirst("available_filter_functions")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	functions, err := p.read(f, false)
	if err != nil {
		return nil, err
	}
	return functions, locate(functions)
}

func openFirst(name string) (f *os.File, err error) {
	for _, dir := range tracefs {
		if f, err = os.Open(path.Join(dir, name)); err == nil {
			return f, nil
		}
	}
	return nil, err
}

// read reads lines like "ffffffff81a0b0c0 udp_sendmsg" or "vxlan_xmit [vxlan]".
func (p patterns) read(r io.Reader, addresses bool) ([]Function, error) {
	found := make(map[string]*Function)
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		line := scanner.Bytes()
		var address uint64
		if addresses {
			hex, rest, _ := bytes.Cut(line, []byte(" "))
			n, err := strconv.ParseUint(string(hex), 16, 64)
			if err != nil {
				return nil, fmt.Errorf("line %q has no address", line)
			}
			address, line = n, rest
		}
		name, _, _ := bytes.Cut(line, []byte(" "))
		if !p.match(string(name)) {
			continue
		}
		f := found[string(name)]
		if f == nil {
			f = &Function{Name: string(name), Base: BaseName(string(name))}
			found[f.Name] = f
		}
		if addresses {
			f.Addresses = append(f.Addresses, address)
		}
	}
	return sorted(found), scanner.Err()
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
	err = eachSymbol(f, func(address uint64, symbol []byte) {
		name := string(symbol)
		var typed *btf.Func
		switch {
		case !p.match(name):
			return
		case found[name] == nil && types.TypeByName(BaseName(name), &typed) != nil:
			return
		case found[name] == nil:
			found[name] = &Function{Name: name, Base: BaseName(name)}
		}
		if address != 0 { // the kernel hides them by showing 0
			found[name].Addresses = append(found[name].Addresses, address)
		}
	})
	return sorted(found), err
}

// locate fills in the addresses of functions, which must be sorted by name.
func locate(functions []Function) error {
	f, err := os.Open("/proc/kallsyms")
	if err != nil {
		return err
	}
	defer f.Close()
	index := make(map[string]int, len(functions))
	for i, function := range functions {
		index[function.Name] = i
	}
	return eachSymbol(f, func(address uint64, name []byte) {
		if i, ok := index[string(name)]; ok && address != 0 {
			functions[i].Addresses = append(functions[i].Addresses, address)
		}
	})
}

func sorted(found map[string]*Function) []Function {
	functions := make([]Function, 0, len(found))
	for _, f := range found {
		functions = append(functions, *f)
	}
	slices.SortFunc(functions, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return functions
}
