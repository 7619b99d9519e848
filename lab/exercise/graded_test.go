package exercise_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dialpath/lab/doctor"
	"dialpath/lab/exercise"
	"dialpath/lab/exercise/folder"
	"dialpath/lab/explain"
	"dialpath/lab/record"
	"dialpath/lab/ring"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
	"dialpath/probes"
)

func TestMain(m *testing.M) {
	if os.Args[0] == loopName {
		loop()
	}
	record.Main()
	vmtest.Main(m)
}

// TestGraded grades, on this kernel, every program that is kept here: as handed out and
// each wrong answer gets its message, and the solution passes.
func TestGraded(t *testing.T) {
	ring.Root(t)
	if testing.Short() {
		t.Skip("compiles ninety programs, and runs them")
	}
	programs := build(t)
	busy(t)
	blind := doctor.Examine().Guest
	var gradable []exercise.Exercise
	for _, e := range exercise.All() {
		if blind && e.NeedsKprobes() {
			t.Logf("this kernel cannot grade %s: it needs kprobes, and the guests have them", e.Folder())
			continue
		}
		gradable = append(gradable, e)
	}
	grade(t, gradable, programs)
}

// TestGradedInGuests does the same with kprobes, for all exercises.
func TestGradedInGuests(t *testing.T) {
	var programs string
	var inputs []string
	if !vm.InGuest() {
		ring.Guest(t)
		programs = build(t)
		inputs, _ = filepath.Glob(programs + "/*")
		t.Setenv(programsEnv, programs)
	}
	busy(t) // here and there: the one slows the emulation, the other competes for the guest's CPU
	for _, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			vmtest.Guest{Kernel: kernel, Limit: 6 * time.Hour, Inputs: inputs}.Run(t, func(t *testing.T) {
				grade(t, exercise.All(), os.Getenv(programsEnv))
			})
		})
	}
}

// programsEnv tells the guest where the programs are.
const programsEnv = "DIALPATH_PROGRAMS"

// grade grades all programs of the exercises, the solutions several times. The probes are
// those that a learner's check has.
func grade(t *testing.T, exercises []exercise.Exercise, programs string) {
	for _, e := range exercises {
		t.Run(e.Folder(), func(t *testing.T) {
			recorder, err := record.Open(probes.Options{Functions: e.Functions, Stacks: e.Stacks, Packets: true, Syscalls: true})
			if err != nil {
				t.Fatal(err)
			}
			defer recorder.Close()
			numbers, err := e.ReadSheet(e.Numbers())
			if err != nil {
				t.Fatal(err)
			}
			judge := func(t *testing.T, program string, p exercise.Prediction) exercise.Result {
				return e.Judge(run(t, recorder, e, filepath.Join(programs, e.Name+"-"+program)), p)
			}
			t.Run("as handed out", func(t *testing.T) { is(t, judge(t, "shipped", nil), e.Message()) })
			for name, wrong := range e.Wrong() {
				t.Run(name, func(t *testing.T) { is(t, judge(t, name, numbers), wrong.Message) })
			}
			t.Run("solution", func(t *testing.T) {
				for i := range gradings() {
					if r := judge(t, "solution", numbers); !right(r) {
						t.Fatalf("time %d: %v %+v\nended %q, printed %q", i+1, r.Findings, r.Answers, r.Ended, r.Printed)
					}
				}
			})
		})
	}
}

// right tells whether a run has passed, and all numbers were as predicted.
func right(r exercise.Result) bool {
	return r.Passed && !slices.ContainsFunc(r.Answers, func(a exercise.Answer) bool { return !a.Right })
}

// is demands that a run did not pass, and for this reason.
func is(t *testing.T, r exercise.Result, message string) {
	t.Helper()
	if r.Passed {
		t.Fatal("it passed")
	}
	got := "nothing was found"
	if last := len(r.Findings) - 1; last >= 0 {
		got = r.Findings[last].String()
		if r.Findings[last].Met { // a strict exercise: it is the numbers that are missing
			got = "expected: numbers"
		}
	}
	for _, f := range r.Findings {
		if s := f.Proof.Stack; s != nil {
			explained(t, *s)
		}
	}
	if got != message {
		t.Errorf("got\n%s\nwant\n%s\nended %q, printed %q", got, message, r.Ended, r.Printed)
	}
}

// explained demands that lab explain knows what a learner is shown.
func explained(t *testing.T, s trace.Stack) {
	t.Helper()
	if explain.Function(s.Function) == "" {
		t.Errorf("no explanation of %s", s.Function)
	}
	for _, f := range s.Frames {
		if f.Kind == trace.Kernel && explain.Function(f.Name) == "" {
			t.Errorf("no explanation of %s", f.Name)
		}
	}
}

func run(t *testing.T, recorder *record.Recorder, e exercise.Exercise, program string) *trace.Trace {
	t.Helper()
	trial := &record.Trial{Exercise: e.Name, Program: program, Peer: e.Peer, Serves: e.Serves}
	if vm.InGuest() {
		trial.Limit = exercise.InGuest
	}
	tr, err := recorder.Record(t.Context(), record.Options{Trial: trial, Tries: 3}) // as a check does
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// build builds all programs into a directory, each named by exercise and what it is: the
// solutions as the lab would for a learner, and the others, to save time, all of an exercise
// at once.
func build(t *testing.T) string {
	t.Helper()
	dir, f := t.TempDir(), folder.Folder{Dir: t.TempDir()}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, e := range exercise.All() {
		if err := f.Start(e); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(f.Path(e), "main.go"), e.Solution())
		path, remove, err := f.Build(t.Context(), e)
		if err != nil {
			t.Fatalf("%s, solution: %v", e.Folder(), err)
		}
		if err := copyFile(path, filepath.Join(dir, e.Name+"-solution")); err != nil {
			t.Fatal(err)
		}
		remove()

		others := map[string][]byte{"shipped": e.Program()}
		for name, wrong := range e.Wrong() {
			others[name] = wrong.Program
		}
		for name, text := range others {
			write(t, filepath.Join(f.Path(e), e.Name+"-"+name, "main.go"), text)
		}
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", dir, "./"+e.Name+"-...")
		cmd.Dir = f.Path(e)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", e.Folder(), err, out)
		}
	}
	return dir
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}
