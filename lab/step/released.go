package step

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/go-delve/delve/pkg/config"

	"dialpath/echo"
	"dialpath/lab/workload"
)

// A released lab does not know where its sources were when it was built (go build
// -trimpath). Its debug information names them by their packages: dialpath/echo/udp.go,
// net/dial.go. So it has those that are stepped through in itself.

// released tells whether this lab is such a one.
func released() bool {
	_, file, _, _ := runtime.Caller(0)
	return !filepath.IsAbs(file)
}

// ownSources are the packages of the lab that are stepped through, by their import paths.
var ownSources = map[string]embed.FS{"dialpath/echo": echo.Files, "dialpath/lab/workload": workload.Files}

// showSources unpacks the lab's sources into a folder, and has Delve find them there, and
// Go's own in the Go of this machine, if it has the right one; say tells if not. Remove is
// to be called when Delve has ended.
func showSources(conf *config.Config, say func(format string, args ...any)) (remove func(), err error) {
	dir, err := os.MkdirTemp("", "dialpath-source-")
	if err != nil {
		return nil, fmt.Errorf("unpack the sources: %w", err)
	}
	remove = func() { os.RemoveAll(dir) }
	for path, files := range ownSources {
		if err := unpack(files, filepath.Join(dir, path)); err != nil {
			remove()
			return nil, fmt.Errorf("unpack the sources: %w", err)
		}
	}
	conf.SubstitutePath = append(conf.SubstitutePath, config.SubstitutePathRule{From: "dialpath", To: filepath.Join(dir, "dialpath")})
	if src := goSources("go", "/usr/local/go/bin/go"); src != "" { // sudo may have changed PATH
		conf.SubstitutePath = append(conf.SubstitutePath, config.SubstitutePathRule{From: "", To: src}) // for relative names
	} else {
		say("Go's own packages show no source: install %s, by which this lab was built", runtime.Version())
	}
	return remove, nil
}

// unpack writes a package's files. Delve would warn of files that are newer than the program.
func unpack(files embed.FS, dir string) error {
	if err := os.CopyFS(dir, files); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		err = os.Chtimes(name, time.Time{}, time.Unix(0, 0))
		if err != nil {
			break
		}
	}
	return err
}

// goSources returns where the sources of Go's own packages are, or "": in the first of these
// Gos that is the one by which this lab was built. Another's would show the wrong lines.
func goSources(commands ...string) string {
	for _, name := range commands {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			continue
		}
		root := filepath.Dir(filepath.Dir(path))
		version, _ := os.ReadFile(filepath.Join(root, "VERSION"))
		if found, _, _ := strings.Cut(string(version), "\n"); found == runtime.Version() {
			return filepath.Join(root, "src")
		}
	}
	return ""
}
