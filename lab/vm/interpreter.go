package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An interpreter's library is not in its program: without it, one that is carried cannot
// say so much as hello. Those that are known here are asked where it is.
var interpreters = []struct {
	name *regexp.Regexp // of its program
	ask  []string       // arguments: it then prints directories, a line each
	skip []string       // patterns of what in them is for other ends, or was added to them
}{
	{
		regexp.MustCompile(`^python[0-9.]*$`),
		[]string{"-I", "-c", "import sysconfig; p = sysconfig.get_paths(); print(p['stdlib']); print(p['platstdlib'])"},
		[]string{"site-packages", "dist-packages", "test", "tests", "idlelib", "ensurepip", "turtledemo", "config-*"},
	},
	{
		regexp.MustCompile(`^perl[0-9.]*$`),
		[]string{"-MConfig", "-e", `print "$_\n" for @Config{qw(privlibexp archlibexp)}, grep m{/perl-base$}, @INC`},
		nil,
	},
}

// askLimit is for an interpreter that does not answer.
const askLimit = time.Minute

// library carries what an interpreter has in files of its own.
func (c carrier) library(interpreter string) error {
	for _, i := range interpreters {
		if !i.name.MatchString(filepath.Base(interpreter)) {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), askLimit)
		defer cancel()
		cmd := exec.CommandContext(ctx, interpreter, i.ask...)
		cmd.Dir, cmd.Env = "/", c.env // and nothing of what lies about here
		printed, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("carry %s: ask it where its library is: %w", interpreter, err)
		}
		for dir := range strings.Lines(string(printed)) {
			err := c.tree(strings.TrimSpace(dir), i.skip)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// with carries what a user has named: a directory with all that is in it, a program or a
// library with what it needs, or just a file.
func (c carrier) with(name string) error {
	path, err := inside(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("carry %s: %w", name, errors.Unwrap(err))
	case info.IsDir():
		return c.tree(path, nil)
	case info.Mode()&0o111 != 0 && runs(path):
		return c.program(path)
	}
	return c.fileOrLibrary(path)
}

// Where the C library has its locales, and how large they may be to be carried, in bytes.
// A program that does not find the one it is told to use complains, and does without.
const (
	localeDir   = "/usr/lib/locale"
	mostLocales = 16 << 20
)

// locales carries them if the environment names one.
func (c carrier) locales() error {
	named := func(e string) bool {
		key, value, _ := strings.Cut(e, "=")
		return (key == "LANG" || strings.HasPrefix(key, "LC_")) && value != "" && value != "C" && value != "POSIX"
	}
	if !slices.ContainsFunc(c.env, named) {
		return nil
	}
	size := int64(0)
	filepath.WalkDir(localeDir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	if size == 0 || size > mostLocales {
		return nil
	}
	return c.tree(localeDir, nil)
}

// tree carries a directory and all that is in it, but for what has one of these names.
// Files that are no files, as sockets, are left out, and so are links that lead nowhere.
func (c carrier) tree(dir string, skip []string) error {
	if err := c.dir(dir); err != nil {
		return err
	}
	real, _, err := c.walk(dir, maxLinks) // the folder itself may be a link to it
	if err != nil {
		return err
	}
	return filepath.WalkDir(real, func(name string, d fs.DirEntry, err error) error {
		unwanted := func(pattern string) bool {
			matched, _ := filepath.Match(pattern, d.Name())
			return matched
		}
		switch {
		case err != nil:
			return fmt.Errorf("carry %s: %w", dir, err)
		case name != real && slices.ContainsFunc(skip, unwanted) && d.IsDir():
			return fs.SkipDir
		case d.IsDir():
			return c.dir(name)
		case d.Type()&fs.ModeSymlink != 0:
			return c.linked(name)
		case d.Type().IsRegular():
			return c.fileOrLibrary(name)
		}
		return nil
	})
}

// linked carries what a link in a tree leads to.
func (c carrier) linked(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil
	case info.IsDir():
		return c.dir(name) // its name: what is in it has its own
	case info.Mode().IsRegular():
		return c.fileOrLibrary(name)
	}
	return nil
}

// fileOrLibrary carries a file, and if it is a shared library, those that it needs, as far
// as they are there: it may be one that nobody will load.
func (c carrier) fileOrLibrary(name string) error {
	real, err := c.file(name)
	if err != nil || !begins(real, elfMagic) {
		return err
	}
	needed, _ := listed(systemLoader, real, c.env)
	for _, lib := range needed {
		if _, err := c.file(lib); err != nil {
			return err
		}
	}
	return nil
}

// elfMagic and the mark of a script are how a file begins that a kernel may run.
const (
	elfMagic   = "\x7fELF"
	scriptMark = "#!"
)

// runs tells whether a file is a program: a script, or one that names its loader. A static
// program needs no more than any file.
func runs(name string) bool {
	loader, err := loaderOf(name)
	return begins(name, scriptMark) || err == nil && loader != ""
}

// begins tells whether a file begins so.
func begins(name, with string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(with))
	n, _ := f.Read(head)
	return bytes.Equal(head[:n], []byte(with))
}
