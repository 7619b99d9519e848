package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"dialpath/lab/doctor"
	"dialpath/lab/exercise"
	"dialpath/lab/explain"
	"dialpath/lab/record"
	"dialpath/lab/ring"
	"dialpath/lab/run"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
	"dialpath/lab/workshop"
)

func TestMain(m *testing.M) {
	if os.Args[0] == loopName {
		loop()
	}
	stage.Main()
	vm.Init()
	status := m.Run()
	os.RemoveAll(built.dir)
	os.Exit(status)
}

// TestGraded grades, on this kernel, every program that is kept here: as handed out and
// each wrong answer gets its message, and the solution and each other right answer passes.
func TestGraded(t *testing.T) {
	ring.Root(t)
	if testing.Short() {
		t.Skip("compiles some hundred programs, and runs them")
	}
	dir := programs(t)
	busy(t)
	blind := doctor.NeedsGuest()
	var gradable []exercise.Exercise
	for _, e := range exercise.All() {
		if blind && e.NeedsKprobes() {
			t.Logf("this kernel cannot grade %s: it needs kprobes, and the guests have them", e.Folder())
			continue
		}
		gradable = append(gradable, e)
	}
	grade(t, gradable, dir, grading{times: times(2), rights: true, wrong: func(exercise.Exercise) bool { return true }})
}

// TestGradedInGuests does the same on kernels with kprobes.
func TestGradedInGuests(t *testing.T) {
	dir := os.Getenv(programsEnv)
	if !vm.InGuest() {
		ring.Guest(t)
		dir = programs(t)
		t.Setenv(programsEnv, dir)
		busy(t) // beside the guest, whose own CPU is then a share of one
	}
	for _, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			g, exercises := gradedOn(kernel)
			vmtest.Guest{Kernel: kernel, Limit: 6 * time.Hour, Inputs: g.programs(exercises, dir)}.Run(t, func(t *testing.T) {
				grade(t, exercises, dir, g)
			})
		})
	}
}

// A grading is what is graded of an exercise.
type grading struct {
	times  int                          // how often its solution is, which must pass each time
	rights bool                         // whether other right answers are, too, as often
	wrong  func(exercise.Exercise) bool // whether wrong answers are, too, and what is handed out
}

// programs are the files of all programs to be graded.
func (g grading) programs(exercises []exercise.Exercise, dir string) (files []string) {
	for _, e := range exercises {
		files = append(files, filepath.Join(dir, e.Name+"-solution"))
		if !g.wrong(e) {
			continue
		}
		files = append(files, filepath.Join(dir, e.Name+"-shipped"))
		for name := range e.Wrong() {
			files = append(files, filepath.Join(dir, e.Name+"-"+name))
		}
	}
	return files
}

// times is a number of gradings, or many, if more is to be tested than usual.
func times(few int) int {
	if ring.More() {
		return 20
	}
	return few
}

// gradedOn is what is graded in a guest with a kernel. There all takes its time: wrong answers that
// TestGraded judges on any kernel as well are left out; and with single kprobes, what
// tracepoints judge.
func gradedOn(kernel string) (grading, []exercise.Exercise) {
	g := grading{times: times(1), wrong: func(e exercise.Exercise) bool { return ring.More() || e.NeedsKprobes() }}
	exercises := exercise.All()
	if kernel != vm.DefaultKernel && !ring.More() {
		exercises = slices.DeleteFunc(exercises, func(e exercise.Exercise) bool { return !e.NeedsKprobes() })
	}
	return g, exercises
}

// programsEnv tells the guest where the programs are.
const programsEnv = "DIALPATH_PROGRAMS"

// recorders are opened once for all exercises that want the same.
type recorders map[string]*record.Recorder

// of returns the recorder with the probes that a learner's check of an exercise has.
func (all recorders) of(t *testing.T, e exercise.Exercise) *record.Recorder {
	t.Helper()
	wanted := fmt.Sprint(e.Plan())
	if all[wanted] == nil {
		r, err := run.Open(run.OfTrial(e, ""))
		if err != nil {
			t.Fatal(err)
		}
		all[wanted] = r
	}
	return all[wanted]
}

func (all recorders) close() {
	for _, r := range all {
		r.Close()
	}
}

// grade grades programs of exercises.
func grade(t *testing.T, exercises []exercise.Exercise, dir string, g grading) {
	all := make(recorders)
	defer all.close()
	for _, e := range exercises {
		t.Run(e.Folder(), func(t *testing.T) {
			recorder := all.of(t, e)
			numbers, err := e.ReadSheet(e.Numbers())
			if err != nil {
				t.Fatal(err)
			}
			judge := func(t *testing.T, program string, p exercise.Prediction) exercise.Result {
				return e.Judge(try(t, recorder, e, filepath.Join(dir, e.Name+"-"+program)), p)
			}
			if g.wrong(e) {
				t.Run("as handed out", func(t *testing.T) {
					tr := try(t, recorder, e, filepath.Join(dir, e.Name+"-shipped"))
					is(t, e.Judge(tr, nil), e.Message())
					for _, miss := range e.Misses(tr) {
						t.Error(miss)
					}
				})
				for name, answer := range e.Wrong() {
					t.Run(name, func(t *testing.T) { is(t, judge(t, name, numbers), answer.Message) })
				}
			}
			t.Run("solution", func(t *testing.T) {
				for i := range g.times {
					if r := judge(t, "solution", numbers); !right(r) {
						t.Fatalf("time %d: %v %+v\nended %q, printed %q", i+1, r.Findings, r.Answers, r.Ended, r.Printed)
					}
				}
			})
			for name := range e.Right() {
				if !g.rights {
					break
				}
				t.Run(name, func(t *testing.T) {
					for i := range g.times {
						if r := judge(t, name, numbers); !r.Passed {
							t.Fatalf("time %d: %v %+v\nended %q, printed %q", i+1, r.Findings, r.Answers, r.Ended, r.Printed)
						}
					}
				})
			}
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

// try runs a program as a check does.
func try(t *testing.T, recorder *record.Recorder, e exercise.Exercise, program string) *trace.Trace {
	t.Helper()
	tr, err := recorder.Record(t.Context(), run.OfTrial(e, program).Each()[0])
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// built is where the programs are, once they have been built: for all tests.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// programs returns the directory of all programs, each named by exercise and what it is.
func programs(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "dialpath-programs-"); built.err == nil {
			built.err = errors.Join(os.Chmod(built.dir, 0o755), build(t.Context(), built.dir, t.TempDir()))
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

// build builds the solutions as the lab would for a learner, and the others, to save time,
// all of an exercise at once.
func build(ctx context.Context, dir, learners string) error {
	f := workshop.Folder{Dir: learners}
	for _, e := range exercise.All() {
		if err := f.Start(e); err != nil {
			return err
		}
		if err := write(filepath.Join(f.Path(e), "main.go"), e.Solution()); err != nil {
			return err
		}
		path, remove, err := f.Build(ctx, e)
		if err != nil {
			return fmt.Errorf("%s, solution: %w", e.Folder(), err)
		}
		if err := copyFile(path, filepath.Join(dir, e.Name+"-solution")); err != nil {
			return err
		}
		remove()
		if err := buildOthers(ctx, dir, f.Path(e), e); err != nil {
			return err
		}
	}
	return nil
}

// buildOthers builds the program as handed out, and the wrong and the other right answers.
func buildOthers(ctx context.Context, dir, in string, e exercise.Exercise) error {
	others := map[string][]byte{"shipped": e.Program()}
	for name, wrong := range e.Wrong() {
		others[name] = wrong.Program
	}
	for name, right := range e.Right() {
		others[name] = right
	}
	for name, text := range others {
		if err := write(filepath.Join(in, e.Name+"-"+name, "main.go"), text); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-compressdwarf=false", "-o", dir, "./"+e.Name+"-...")
	cmd.Dir = in
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", e.Folder(), err, out)
	}
	return nil
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}
