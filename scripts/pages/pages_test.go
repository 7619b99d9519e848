package pages

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, name := range []string{
		"README.md", "lab/README.md", "lab/workshop/README.md", "scripts/workshop.md", // pages
		"lab/main.go", ".cache/a/README.md", "workshop/02-silent-dial/README.md", "lab/exercise/files/02-silent-dial/exercise.md",
	} {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Find(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"README.md", "lab/README.md", "lab/workshop/README.md", "scripts/workshop.md"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := Find(filepath.Join(root, "none")); err == nil {
		t.Error("a folder that is not there was read")
	}
}
