package record

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// inside builds testdata/inside, and returns its calls of functions of its own.
func inside(t *testing.T, flags string, patterns ...probes.GoFunction) []trace.GoFunction {
	t.Helper()
	file := filepath.Join(t.TempDir(), "inside")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags="+flags, "-o", file, "./testdata/inside")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	tr := do(t, probes.Options{GoFunctions: patterns}, Options{Target: stage.Target{Command: []string{file}}})
	if len(tr.GoFunctions) != len(patterns) {
		t.Fatalf("%d functions, want %d", len(tr.GoFunctions), len(patterns))
	}
	return tr.GoFunctions
}

// TestGoFunctions: each call of a function of the program's own is seen, with what it was
// called with, and from where.
func TestGoFunctions(t *testing.T) {
	ring.Root(t)
	got := inside(t, "", probes.GoFunction{Pattern: "main.st[e]p"}, probes.GoFunction{Pattern: "main.greet", Text: true},
		probes.GoFunction{Pattern: "main.often"}, probes.GoFunction{Pattern: "main.none"})
	step, greet, often, none := got[0], got[1], got[2], got[3]
	if step.Lack != "" || step.Count != 137 || len(step.Calls) != 137 {
		t.Fatalf("%s: lacks %q, %d calls, %d seen, want 137", step.Name, step.Lack, step.Count, len(step.Calls))
	}
	for i, c := range step.Calls {
		if c.Argument != uint64(i+1) || c.Role != trace.Tracee || c.Text != "" {
			t.Errorf("call %d: %+v", i+1, c)
		}
	}
	var names []string
	for _, f := range step.Calls[0].Frames {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"main.step", "main.main", "runtime.main", "runtime.goexit"}, names); diff != "" {
		t.Errorf("stack (-want +got):\n%s", diff)
	}
	if f := step.Calls[0].Frames[1]; filepath.Base(f.File) != "main.go" || f.Line != 12 {
		t.Errorf("called at %s:%d, want main.go:12", f.File, f.Line)
	}
	if len(greet.Calls) != 2 || greet.Calls[0].Text != "localhost" || len(greet.Calls[1].Text) != 64 || greet.Calls[0].Argument != 0 {
		t.Errorf("with texts: %+v", greet.Calls)
	}
	if often.Count != 4096+10 || len(often.Calls) != 4096 {
		t.Errorf("called %d times, seen %d times, want 4106 and 4096", often.Count, len(often.Calls))
	}
	if none.Lack != trace.LacksFunction || none.Count != 0 {
		t.Errorf("of a function that is not there: %+v", none)
	}
}

// TestGoFunctionsStripped: without names nothing is seen, which is said.
func TestGoFunctionsStripped(t *testing.T) {
	ring.Root(t)
	if f := inside(t, "-s -w", probes.GoFunction{Pattern: "main.step"})[0]; f.Lack != trace.LacksNames || f.Count != 0 {
		t.Errorf("%+v", f)
	}
}
