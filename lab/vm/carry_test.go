package vm

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// carried is what an archive holds after f, by name.
func carried(t *testing.T, f func(carrier) error) (map[string]member, error) {
	t.Helper()
	var buf bytes.Buffer
	a := newArchive(&buf)
	if err := f(carrier{to: a}); err != nil {
		return nil, err
	}
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	members := map[string]member{}
	for _, m := range unpack(t, buf.Bytes()) {
		members["/"+m.Name] = m
	}
	return members, nil
}

// real is a temporary directory by its name without symbolic links.
func realTempDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCarryKeepsLinks(t *testing.T) {
	t.Parallel()
	dir := realTempDir(t)
	if err := os.MkdirAll(dir+"/usr/bin", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/usr/bin/dash", []byte("x"), 0o750); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"/bin": "usr/bin", "/usr/bin/sh": dir + "/bin/dash", "/loop": "loop", "/gone": "nowhere",
	} {
		if err := os.Symlink(target, dir+link); err != nil {
			t.Fatal(err)
		}
	}
	got, err := carried(t, func(c carrier) error {
		for range 2 { // the second time all is there already
			if real, err := c.file(dir + "/bin/sh"); err != nil || real != dir+"/usr/bin/dash" {
				t.Errorf("carried %q, %v", real, err)
			}
		}
		return c.dir(dir + "/bin")
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		mode    uint32
		content string
	}{
		"/bin":          {unix.S_IFLNK | 0o777, "usr/bin"},
		"/usr/bin/sh":   {unix.S_IFLNK | 0o777, dir + "/bin/dash"},
		"/usr/bin/dash": {unix.S_IFREG | 0o750, "x"},
	} {
		if m := got[dir+name]; m.Mode != want.mode || m.Content != want.content {
			t.Errorf("%s is %o %q, want %o %q", name, m.Mode, m.Content, want.mode, want.content)
		}
	}
	for name, want := range map[string]string{
		"/loop":     "too many symbolic links",
		"/gone":     "no such file or directory",
		"/usr":      "it is not a regular file",
		"/usr/none": "no such file or directory",
	} {
		_, err := carried(t, func(c carrier) error { _, err := c.file(dir + name); return err })
		if err == nil || !strings.HasPrefix(err.Error(), "carry "+dir+name) && name != "/gone" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestCarryScript(t *testing.T) {
	t.Parallel()
	dir := realTempDir(t)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, first := range map[string]string{
		"plain": "#!" + shell + " -e\n",
		"env":   "#! /usr/bin/env -S A=1 sh\n",
		"none":  "echo\n",
		"bad":   "#!/no/such/interpreter\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(first+"echo hi\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	realShell, err := filepath.EvalSymlinks(shell)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plain", "env"} {
		got, err := carried(t, func(c carrier) error { return c.program(filepath.Join(dir, name)) })
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := got[realShell]; !ok {
			t.Errorf("%s: its interpreter %s is not carried", name, realShell)
		}
	}
	for name, want := range map[string]string{
		"none": ": it is neither a program nor a script",
		"bad":  ": carry /no/such/interpreter: lstat /no: no such file or directory",
	} {
		_, err := carried(t, func(c carrier) error { return c.program(filepath.Join(dir, name)) })
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestCarryLibraries(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	loader, err := loaderOf(shell)
	if err != nil {
		t.Fatal(err)
	}
	needs, err := libraries(shell, nil)
	if err != nil {
		t.Fatal(err)
	}
	if loader != "" && (len(needs) < 2 || needs[0] != loader) {
		t.Errorf("%s needs its loader %s and a C library at least: got %q", shell, loader, needs)
	}
	got, err := carried(t, func(c carrier) error { return c.program(shell) })
	if err != nil {
		t.Fatal(err)
	}
	for _, lib := range needs {
		if lib, err = filepath.EvalSymlinks(lib); err != nil {
			t.Fatal(err)
		}
		if got[lib].Mode&unix.S_IFREG == 0 {
			t.Errorf("%s is not carried", lib)
		}
	}
}

func TestParseLibrary(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		lib, path string
		ok        bool
	}{
		"\tlinux-vdso.so.1 (0x00007ffd)\n":                 {"linux-vdso.so.1", "linux-vdso.so.1", false},
		"\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f)\n":     {"libc.so.6", "/lib/x/libc.so.6", true},
		"\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n":       {"/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2", true},
		"\tlibodd.so => not found\n":                       {"libodd.so", "not found", false},
		"\tlibmusl.so => /opt/a dir/libmusl.so (0x7f12)\n": {"libmusl.so", "/opt/a dir/libmusl.so", true},
		"\tstatically linked\n":                            {"statically linked", "statically linked", false},
	} {
		lib, path, ok := parseLibrary(line)
		if lib != want.lib || path != want.path || ok != want.ok {
			t.Errorf("%q: %q, %q, %v", line, lib, path, ok)
		}
	}
}
