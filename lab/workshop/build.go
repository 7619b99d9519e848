package workshop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"dialpath/lab/exercise"
)

// A BuildError is what the Go compiler has to say.
type BuildError struct{ Output string }

func (e *BuildError) Error() string { return "it does not compile:\n" + e.Output }

// Build compiles the learner's program with the learner's Go, for Linux. It is a
// static program, since in the cell where it runs there are no libraries. Remove is to be
// called when the program is not needed any more.
func (f Folder) Build(ctx context.Context, e exercise.Exercise) (path string, remove func(), err error) {
	var dir string
	err = asCaller(func() (err error) {
		dir, err = os.MkdirTemp("", "dialpath-")
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("build %s: %w", f.Path(e), err)
	}
	remove = func() { os.RemoveAll(dir) }
	path = filepath.Join(dir, e.Name)
	if err = compile(ctx, f.Path(e), path); err != nil {
		remove()
		return "", nil, err
	}
	return path, remove, nil
}

func compile(ctx context.Context, dir, to string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("build %s: %w first", dir, ErrNotStarted)
	}
	goCommand, err := findGo(needed(dir))
	if err != nil {
		return err
	}
	// Debug information that is not compressed is sooner written, and sooner read by the judge.
	cmd := exec.CommandContext(ctx, goCommand, "build", "-buildvcs=false", "-ldflags=-compressdwarf=false", "-o", to, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOOS=linux", "GOARCH=")
	if modules := packed(); modules != "" { // there may be no network to fetch a newer Go by
		cmd.Env = append(cmd.Env, "GOPROXY="+proxies(modules, goCommand), "GOTOOLCHAIN=local")
	}
	runAsCaller(cmd)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err = cmd.Run()
	var failed *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &failed):
		return &BuildError{strings.TrimRight(output.String(), "\n")}
	case err != nil:
		return fmt.Errorf("build %s: %w", dir, err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode()&0o111 == 0 {
		return fmt.Errorf("build %s: it is no program: its files must begin with package main", dir)
	}
	// Who runs it in the cell is nobody that the umask knows of.
	return os.Chmod(to, 0o755)
}

// packed returns the directory of the modules that came with the lab in a workshop's pack,
// or "".
func packed() string {
	lab, err := os.Executable()
	if err != nil {
		return ""
	}
	modules := filepath.Join(filepath.Dir(lab), "modules")
	if info, err := os.Stat(modules); err != nil || !info.IsDir() {
		return ""
	}
	return modules
}

// proxies returns where a Go command is to look for modules: in that directory, and then
// where it looks by itself, which it is asked for.
func proxies(modules, goCommand string) string {
	proxy := "file://" + modules
	if own := goEnv(goCommand, "GOPROXY"); own != "" {
		proxy += "," + own
	}
	return proxy
}
