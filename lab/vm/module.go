package vm

import (
	"bufio"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ulikunitz/xz"
)

// errNoModule means that a kernel's package has no such module.
var errNoModule = errors.New("is not in the package")

// openModules readies the modules of a package to be written into dir.
func openModules(lib, dir string) (*moduleTree, error) {
	t := &moduleTree{lib: lib, dir: dir, files: map[string]string{}, built: map[string]bool{}, done: map[string]bool{}}
	return t, t.index()
}

// extractAll writes the named kernel modules, and those they depend on, uncompressed,
// and returns their file names in the order to load them in. A module that the kernel
// has built in is left out, as is one that was written before.
//
// The package has no modules.dep: depmod writes it where a kernel is installed.
// But each module names the ones it needs, in its section .modinfo.
func (t *moduleTree) extractAll(names []string) ([]string, error) {
	t.order = nil
	for _, name := range names {
		if err := t.extract(name); err != nil {
			return nil, fmt.Errorf("module %s: %w", name, err)
		}
	}
	return t.order, nil
}

type moduleTree struct {
	lib, dir string
	files    map[string]string // a module's name → its file in the package
	built    map[string]bool   // names built into the kernel
	done     map[string]bool
	order    []string
}

// index lists the package's modules and those built in.
func (t *moduleTree) index() error {
	list, err := os.Open(filepath.Join(t.lib, "modules.builtin"))
	if err != nil {
		return err
	}
	defer list.Close()
	for lines := bufio.NewScanner(list); lines.Scan(); {
		name, _ := moduleName(lines.Text())
		t.built[name] = true
	}
	return filepath.WalkDir(filepath.Join(t.lib, "kernel"), func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name, ok := moduleName(file); ok && d.Type().IsRegular() {
			t.files[name] = file
		}
		return nil
	})
}

// moduleName turns drivers/net/veth.ko.xz into veth. In a module's name dashes
// and underscores are the same.
func moduleName(file string) (string, bool) {
	name, ext, ok := strings.Cut(path.Base(file), ".ko")
	ok = ok && (ext == "" || ext == ".xz")
	return strings.ReplaceAll(name, "-", "_"), ok
}

// extract writes one module after those that it depends on.
func (t *moduleTree) extract(name string) error {
	name = strings.ReplaceAll(name, "-", "_")
	if t.done[name] || t.built[name] {
		return nil
	}
	t.done[name] = true
	file, ok := t.files[name]
	if !ok {
		return fmt.Errorf("%s %w", name, errNoModule)
	}
	data, err := readModule(file)
	if err != nil {
		return err
	}
	needs, err := moduleNeeds(data)
	if err != nil {
		return err
	}
	for _, need := range needs {
		if err := t.extract(need); err != nil {
			return err
		}
	}
	t.order = append(t.order, name+".ko")
	return os.WriteFile(filepath.Join(t.dir, name+".ko"), data, 0o644)
}

// readModule reads a module's file, unpacking it if it is compressed.
func readModule(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil || !strings.HasSuffix(file, ".xz") {
		return data, err
	}
	r, err := xz.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", file, err)
	}
	data, err = io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", file, err)
	}
	return data, nil
}

// moduleNeeds reads which modules a module needs: .modinfo holds strings of the
// form key=value, each ended by a zero byte.
func moduleNeeds(module []byte) ([]string, error) {
	f, err := elf.NewFile(bytes.NewReader(module))
	if err != nil {
		return nil, err
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("it has no .modinfo")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for _, entry := range strings.Split(string(info), "\x00") {
		if list, ok := strings.CutPrefix(entry, "depends="); ok && list != "" {
			return strings.Split(list, ","), nil
		}
	}
	return nil, nil
}
