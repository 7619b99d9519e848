package vm

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lay writes files below a directory; a name that ends in @ is a link to the text.
func lay(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		at := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(at), 0o755)
		if link, ok := strings.CutSuffix(at, "@"); ok {
			err = errors.Join(err, os.Symlink(text, link))
		} else {
			err = errors.Join(err, os.WriteFile(at, []byte(text), 0o755))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// below returns the names of what was carried below a directory.
func below(dir string, members map[string]member) (names []string) {
	for name := range members {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			names = append(names, rest)
		}
	}
	slices.Sort(names)
	return names
}

// TestCarryWith: a folder comes with all that is in it and all that its links lead to, but
// for what is no file; a program with its interpreter; a file as it is.
func TestCarryWith(t *testing.T) {
	t.Parallel()
	dir := realTempDir(t)
	lay(t, dir, map[string]string{
		"folder/a.txt": "a", "folder/sub/b.txt": "b", "folder/out@": "../beside.txt", "folder/lost@": "nowhere",
		"folder/up@": "..", "beside.txt": "c", "alone.txt": "d", "other@": "far", "far/e.txt": "e",
	})
	socket, err := net.Listen("unix", filepath.Join(dir, "folder/socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	got, err := carried(t, func(c carrier) error {
		return errors.Join(c.with(filepath.Join(dir, "folder")), c.with(filepath.Join(dir, "folder")), c.with(filepath.Join(dir, "alone.txt")),
			c.with(filepath.Join(dir, "other")))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"alone.txt", "beside.txt", "far", "far/e.txt", "folder", "folder/a.txt", "folder/out", "folder/sub", "folder/sub/b.txt", "folder/up", "other"}
	if diff := cmp.Diff(want, below(dir, got)); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
	ls, err := exec.LookPath("ls")
	if err != nil {
		t.Fatal(err)
	}
	if got, err = carried(t, func(c carrier) error { return c.with(ls) }); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(below("", got), func(name string) bool { return strings.Contains(name, "libc.so.6") }) {
		t.Errorf("ls came without the C library: %q", below("", got))
	}
	_, err = carried(t, func(c carrier) error { return c.with(filepath.Join(dir, "none")) })
	if want := "carry " + dir + "/none: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestInterpreterLibrary: an interpreter says where its library is, and that is carried,
// without what others have put there.
func TestInterpreterLibrary(t *testing.T) {
	t.Parallel()
	dir := realTempDir(t)
	lay(t, dir, map[string]string{
		"lib@": "lib-3.9", "lib-3.9/os.py": "", "lib-3.9/json/encoder.py": "", "lib-3.9/site-packages/requests.py": "", "lib-3.9/test/long.py": "",
		"lib-3.9/config-3.9/libpython.a": "", "bin/python3.9": "#!/bin/sh\necho " + dir + "/lib; echo " + dir + "/none\n",
		"bin/python3@": "python3.9", "script": "#!" + dir + "/bin/python3\n",
	})
	got, err := carried(t, func(c carrier) error { return c.program(filepath.Join(dir, "script")) })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"bin", "bin/python3", "bin/python3.9", "lib", "lib-3.9", "lib-3.9/json", "lib-3.9/json/encoder.py", "lib-3.9/os.py", "script"}
	if diff := cmp.Diff(want, below(dir, got)); diff != "" {
		t.Errorf("carried (-want +got):\n%s", diff)
	}
	lay(t, dir, map[string]string{"broken/perl": "#!/bin/sh\nexit 7\n"})
	_, err = carried(t, func(c carrier) error { return c.program(filepath.Join(dir, "broken/perl")) })
	if want := "carry " + dir + "/broken/perl: ask it where its library is: exit status 7"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
