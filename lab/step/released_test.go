package step

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/go-delve/delve/pkg/config"
	"github.com/go-delve/delve/pkg/locspec"
)

// TestShowSources: Delve finds the lab's sources by the names that a released lab has for
// them, and does not take them for newer than the program.
func TestShowSources(t *testing.T) {
	t.Parallel()
	conf := new(config.Config)
	remove, err := showSources(conf, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	var rules [][2]string
	for _, rule := range conf.SubstitutePath {
		rules = append(rules, [2]string{rule.From, rule.To})
	}
	for name, file := range map[string]string{
		"dialpath/echo/udp.go":          "../../echo/udp.go",
		"dialpath/lab/workload/dial.go": "../workload/dial.go",
	} {
		shown := locspec.SubstitutePath(name, rules)
		info, err := os.Stat(shown)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !info.ModTime().Equal(time.Unix(0, 0)) {
			t.Errorf("%s is of %v", name, info.ModTime())
		}
		got, _ := os.ReadFile(shown)
		want, err := os.ReadFile(file)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not %s (%v)", name, file, err)
		}
	}
	if same := "/home/gopher/dialpath/echo/udp.go"; locspec.SubstitutePath(same, rules) != same {
		t.Errorf("a file with a path of its own is looked for at %s", locspec.SubstitutePath(same, rules))
	}
	remove()
	if _, err := os.Stat(filepath.Dir(conf.SubstitutePath[0].To)); !os.IsNotExist(err) {
		t.Errorf("they were left behind: %v", err)
	}
}

// TestGoSources: of Go's own sources those of the right version are shown, by whatever link
// its command is found.
func TestGoSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	install := func(name, version string) (command string) {
		t.Helper()
		command = filepath.Join(dir, name, "bin", "go")
		for _, err := range []error{
			os.MkdirAll(filepath.Dir(command), 0o755),
			os.WriteFile(command, nil, 0o755),
			os.WriteFile(filepath.Join(dir, name, "VERSION"), []byte(version+"\ntime 2026-11-05T20:05:46Z\n"), fs.FileMode(0o644)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return command
	}
	right, wrong := install("right", runtime.Version()), install("wrong", runtime.Version()+"1")
	link := filepath.Join(dir, "go")
	if err := os.Symlink(right, link); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(dir, "right", "src")
	if got := goSources(filepath.Join(dir, "none"), wrong, link); got != want {
		t.Errorf("found in %q, want %q", got, want)
	}
	if got := goSources(filepath.Join(dir, "none"), wrong); got != "" {
		t.Errorf("of another Go, in %q", got)
	}
}
