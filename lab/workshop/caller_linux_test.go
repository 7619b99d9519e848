package workshop

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"dialpath/lab/ring"
)

// TestUnderSudo: what root does in a learner's folder is theirs, and leads root nowhere.
func TestUnderSudo(t *testing.T) {
	ring.Root(t)
	t.Setenv("SUDO_UID", "65534")
	t.Setenv("SUDO_GID", "65533")
	home, err := os.MkdirTemp("", "home") // where others may go, unlike the test's own
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	if err := os.Chown(home, 65534, 65533); err != nil {
		t.Fatal(err)
	}
	e := second(t)
	f := Folder{filepath.Join(home, "deep", "workshop")}
	if err := f.Start(e); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Dir(f.Dir), f.Dir, f.Path(e), filepath.Join(f.Path(e), "main.go")} {
		info, err := os.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		if st := info.Sys().(*syscall.Stat_t); st.Uid != 65534 || st.Gid != 65533 {
			t.Errorf("%s belongs to %d, %d", name, st.Uid, st.Gid)
		}
	}
	// A link to where only root may write.
	roots := t.TempDir()
	trap := Folder{filepath.Join(home, "trap")}
	if err := os.Symlink(roots, trap.Dir); err != nil {
		t.Fatal(err)
	}
	if err := trap.Start(e); err == nil {
		t.Error("root has followed a link")
	}
	if left := names(t, roots); len(left) > 0 {
		t.Errorf("root has written %q", left)
	}
	if syscall.Geteuid() != 0 {
		t.Error("the lab itself has lost its rights")
	}
}
