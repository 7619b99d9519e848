package vm

import (
	"bufio"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// carrier copies files of the host into an archive, at their own names.
// Symbolic links on the way stay links, so /bin/sh is there and what it points
// to as well.
type carrier struct {
	to  *archive
	env []string // the command's environment: it may tell where libraries are
}

// maxLinks is how many symbolic links a name may lead through, as in the kernel.
const maxLinks = 40

// file carries one file, without asking what it needs to run, and returns its
// name after all links.
func (c carrier) file(name string) (real string, err error) {
	real, info, err := c.walk(name, maxLinks)
	if err != nil || c.to.has(real) {
		return real, err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("carry %s: it is not a regular file", name)
	}
	f, err := os.Open(real)
	if err != nil {
		return "", fmt.Errorf("carry %s: %w", name, err)
	}
	defer f.Close()
	return real, c.to.file(real, info, f)
}

// dir carries a directory's name: itself empty, and the links that lead to it.
func (c carrier) dir(name string) error {
	real, info, err := c.walk(name, maxLinks)
	if errors.Is(err, os.ErrNotExist) {
		return nil // init makes it
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("carry %s: it is not a directory", name)
	}
	return c.to.dir(real, 0o755)
}

// walk resolves an absolute name and archives each symbolic link that it meets.
func (c carrier) walk(name string, links int) (real string, info os.FileInfo, err error) {
	real = "/"
	parts := strings.Split(strings.Trim(filepath.Clean(name), "/"), "/")
	for i, part := range parts {
		next := filepath.Join(real, part)
		if info, err = os.Lstat(next); err != nil {
			return "", nil, fmt.Errorf("carry %s: %w", name, err)
		}
		if info.Mode()&os.ModeSymlink == 0 {
			real = next
			continue
		}
		if links == 0 {
			return "", nil, fmt.Errorf("carry %s: too many symbolic links", name)
		}
		target, err := os.Readlink(next)
		if err != nil {
			return "", nil, fmt.Errorf("carry %s: %w", name, err)
		}
		if !c.to.has(next) {
			if err := c.to.link(next, target); err != nil {
				return "", nil, err
			}
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(real, target)
		}
		return c.walk(filepath.Join(append([]string{target}, parts[i+1:]...)...), links-1)
	}
	return real, info, nil
}

// program carries a program with all it needs to start: the libraries of a
// dynamic one and its loader, the interpreter of a script.
func (c carrier) program(name string) error {
	path, err := inside(name)
	if err != nil {
		return err
	}
	real, err := c.file(path)
	if err != nil {
		return err
	}
	if err := c.library(real); err != nil {
		return err
	}
	interpreter, err := scriptInterpreter(real)
	if err != nil {
		return fmt.Errorf("carry %s: %w", name, err)
	}
	for _, prog := range interpreter {
		if err := c.program(prog); err != nil {
			return fmt.Errorf("carry %s: %w", name, err)
		}
	}
	if interpreter != nil {
		return nil
	}
	return c.libraries(real)
}

// libraries carries the shared libraries of a program or of a library.
func (c carrier) libraries(real string) error {
	found, err := libraries(real, c.env)
	if err != nil {
		return fmt.Errorf("carry %s: %w", real, err)
	}
	for _, lib := range found {
		if _, err := c.file(lib); err != nil {
			return err
		}
	}
	return nil
}

// scriptInterpreter returns the programs that the first line of a script names:
// the one after "#!", and if that is env, the one that it will look for. It
// returns nil for what is no script.
func scriptInterpreter(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The kernel reads no more of the line than this (BINPRM_BUF_SIZE).
	line, err := bufio.NewReader(io.LimitReader(f, 256)).ReadString('\n')
	if err != nil && err != io.EOF {
		return nil, err
	}
	words := strings.Fields(strings.TrimPrefix(line, "#!"))
	if !strings.HasPrefix(line, "#!") || len(words) == 0 {
		return nil, nil
	}
	programs := words[:1]
	if filepath.Base(words[0]) != "env" {
		return programs, nil
	}
	for _, word := range words[1:] {
		if strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		found, err := exec.LookPath(word)
		if err != nil {
			return nil, fmt.Errorf("its interpreter: %w", err)
		}
		return append(programs, found), nil
	}
	return programs, nil
}

// loaderCache tells the loader in which directories libraries are.
const loaderCache = "/etc/ld.so.cache"

// libraries returns the loader of a dynamic program and the shared libraries that
// it would map: the loader itself is asked, which knows the search rules best
// and does not start the program. A static program has none.
func libraries(name string, env []string) ([]string, error) {
	loader, err := loaderOf(name)
	if err != nil || loader == "" {
		return nil, err
	}
	return listed(loader, name, env)
}

// systemLoader is where every x86-64 system with the GNU C library has its loader. A
// program names it, a library does not.
const systemLoader = "/lib64/ld-linux-x86-64.so.2"

// listed returns a loader, and what it says that a program or a library needs. With an
// error, it is what is there of it.
func listed(loader, name string, env []string) ([]string, error) {
	cmd := exec.Command(loader, "--list", name)
	cmd.Env = slices.Concat(env, []string{"LC_ALL=C"})
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list its libraries: %s --list: %w", loader, err)
	}
	found := []string{loader}
	missing := ""
	for line := range strings.Lines(string(out)) {
		lib, path, ok := parseLibrary(line)
		switch {
		case path == "not found":
			missing = lib
		case ok && path != loader:
			found = append(found, path)
		}
	}
	if _, err := os.Stat(loaderCache); err == nil {
		found = append(found, loaderCache)
	}
	if missing != "" {
		return found, fmt.Errorf("list its libraries: %s is not on this machine", missing)
	}
	return found, nil
}

// loaderOf reads from a program's ELF header which loader starts it: empty for a
// static program.
func loaderOf(name string) (string, error) {
	f, err := elf.Open(name)
	if err != nil {
		var format *elf.FormatError
		if errors.As(err, &format) || errors.Is(err, io.EOF) {
			return "", errors.New("it is neither a program nor a script")
		}
		return "", err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			text, err := io.ReadAll(p.Open())
			return strings.TrimRight(string(text), "\x00"), err
		}
	}
	return "", nil
}

// parseLibrary reads one line of the loader's list:
//
//	linux-vdso.so.1 (0x00007ffd…)                         no file
//	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)
//	/lib64/ld-linux-x86-64.so.2 (0x…)
//	libodd.so => not found
func parseLibrary(line string) (lib, path string, ok bool) {
	line, _, _ = strings.Cut(strings.TrimSpace(line), " (0x")
	lib, path, arrow := strings.Cut(line, " => ")
	if !arrow {
		path = lib
	}
	return lib, path, filepath.IsAbs(path)
}
