package whole

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	put := func(text string, fail error) error {
		return Write(name, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(err, fail)
		})
	}
	holds := func(want string) {
		t.Helper()
		if got, err := os.ReadFile(name); string(got) != want || err != nil {
			t.Errorf("it holds %q, %v; want %q", got, err, want)
		}
		if all, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*")); len(all) != 1 {
			t.Errorf("beside it: %q", all)
		}
		if hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(name), ".*")); len(hidden) > 0 {
			t.Errorf("left behind: %q", hidden)
		}
	}
	if err := put("one", nil); err != nil {
		t.Fatal(err)
	}
	holds("one")
	failed := errors.New("failed")
	if err := put("half", failed); !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	holds("one")
	if err := put("two", nil); err != nil {
		t.Fatal(err)
	}
	holds("two")
	if info, err := os.Stat(name); err != nil || info.Mode() != 0o644 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if err := Write(filepath.Join(t.TempDir(), "none", "file"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}
