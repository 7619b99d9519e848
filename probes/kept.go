package probes

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// What the kernel lists of its functions is long, and the kernel is slow to make it. A lab
// that makes one session after another, as when it judges exercise after exercise, keeps
// what it has read for as long as it holds.

// keptSymbols are the kernel's symbols as some session read them.
type keptSymbols struct {
	mu   sync.Mutex
	last *Symbols
}

// symbolsRead are those of this process.
var symbolsRead keptSymbols

// of returns symbols that name all of these addresses: the ones that were read before, if all
// addresses are in the kernel's own text, which stays as it is until another kernel is booted.
// Elsewhere modules, BPF programs and trampolines come and go, so that it reads anew.
func (k *keptSymbols) of(addresses []uint64, read func() (*Symbols, error)) (*Symbols, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last != nil && !slices.ContainsFunc(addresses, func(a uint64) bool { return !k.last.own(a) }) {
		return k.last, nil
	}
	symbols, err := read()
	if err == nil {
		k.last = symbols
	}
	return symbols, err
}

// keptList is ftrace's list of functions as some session read it.
type keptList struct {
	mu      sync.Mutex
	modules string // which were loaded before it was read
	text    []byte
}

// listRead is that of this process.
var listRead keptList

// get returns the list. It is read anew if modules have come or gone: nothing else adds
// functions, or takes some away.
func (k *keptList) get(modules string, read func() ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.text != nil && k.modules == modules {
		return k.text, nil
	}
	text, err := read()
	if err == nil {
		k.modules, k.text = modules, text
	}
	return text, err
}

// loadedModules returns which modules are loaded, how large they are and where, from
// /proc/modules: "veth 45056 0 - Live 0xffffffffc0300000". How many use a module, and which,
// is left out. A kernel without modules has no such file.
func loadedModules() (string, error) {
	text, err := os.ReadFile("/proc/modules")
	if err != nil && !os.IsNotExist(err) {
		return "", fmt.Errorf("list modules: %w", err)
	}
	return modulesIn(string(text)), nil
}

func modulesIn(text string) string {
	var loaded strings.Builder
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) >= 6 {
			fmt.Fprintln(&loaded, fields[0], fields[1], fields[4], fields[5])
		}
	}
	return loaded.String()
}

// readList reads ftrace's list, of the functions that can be traced.
func readList() ([]byte, error) {
	f, err := openFirst("available_filter_functions")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(f)
	return text.Bytes(), err
}
