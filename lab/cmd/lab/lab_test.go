package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"dialpath/lab/doctor"
	"dialpath/lab/ring"
	"dialpath/lab/stage"
	"dialpath/lab/step"
	"dialpath/lab/vm"
)

// This binary is also the lab: in scripts, as the lab's own children, and as
// process 1 of guests.
func TestMain(m *testing.M) {
	vm.Init()
	stage.Main()
	step.Main()
	if lab := os.Getenv(measureEnv); lab != "" {
		measureThere(lab)
	}
	if vm.InGuest() && len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(m.Run()) // it is named lab there, but the rest of a test is to be run
	}
	testscript.Main(m, map[string]func(){"lab": func() { os.Exit(start()) }})
}

func TestScripts(t *testing.T) {
	runScripts(t, "testdata/script")
}

// TestRootScripts trace this kernel.
func TestRootScripts(t *testing.T) {
	ring.Root(t)
	runScripts(t, "testdata/script/root")
}

// TestGuestScripts boot a guest or two.
func TestGuestScripts(t *testing.T) {
	ring.Guest(t)
	runScripts(t, "testdata/script/guest")
}

func runScripts(t *testing.T, dir string) {
	traces, err := filepath.Abs("../../view/testdata")
	if err != nil {
		t.Fatal(err)
	}
	home, cache := os.Getenv("HOME"), os.Getenv("XDG_CACHE_HOME")
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TRACES", traces) // recordings of the view's tests
			env.Setenv("HOME", home)     // where guest kernels are
			env.Setenv("XDG_CACHE_HOME", cache)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "kprobes" {
				return !doctor.NeedsGuest(), nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status,
			"json":   validJSON,
			"nobody": nobody,
		},
	})
}

// status runs a command and demands an exit status: status 2 lab count.
func status(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var failed *exec.ExitError
	got := 0
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// validJSON demands that a file, or stdout, is one JSON value: json stdout.
func validJSON(ts *testscript.TestScript, neg bool, args []string) {
	if !json.Valid([]byte(ts.ReadFile(args[0]))) {
		ts.Fatalf("%s is not JSON", args[0])
	}
}

// nobody runs the lab as a user without any right, and demands an exit status: nobody 1
// tour. Its words are in the files out and err.
func nobody(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	// The test's own directories are closed to others.
	dir, err := os.MkdirTemp("", "lab-for-all")
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(dir) })
	ts.Check(os.Chmod(dir, 0o755))
	cmd := exec.Command(filepath.Join(dir, "lab"), args[1:]...)
	ts.Check(copyProgram(cmd.Path))

	cmd.Dir, cmd.Args[0] = "/", "lab"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	stdout, err := os.Create(ts.MkAbs("out"))
	ts.Check(err)
	defer stdout.Close()
	stderr, err := os.Create(ts.MkAbs("err"))
	ts.Check(err)
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != want {
		ts.Fatalf("it ended with %v, want exit status %d", err, want)
	}
}

// copyProgram makes a copy of this program that all may run.
func copyProgram(to string) error {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer self.Close()
	program, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(program, self)
	return errors.Join(err, program.Close())
}
