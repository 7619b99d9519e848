package run

import (
	"os"
	"path/filepath"
	"testing"

	"dialpath/lab/mistake"
)

func TestSavable(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", link); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{file: file, link: file, filepath.Join(dir, "new"): filepath.Join(dir, "new")} {
		if got, err := Savable(name); got != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		dir:                    "save " + dir + ": it is not a regular file",
		"/dev/null":            "save /dev/null: it is not a regular file",
		"/nowhere/at/all.json": "save /nowhere/at/all.json: no such file or directory",
	} {
		if _, err := Savable(name); err == nil || err.Error() != want || !mistake.Is(err) {
			t.Errorf("%s: %v, want the mistake %s", name, err, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("it leaves %v behind, %v", left, err)
	}
	if text, _ := os.ReadFile(file); string(text) != "mine" {
		t.Errorf("the file is %q now", text)
	}
}
