package symbol

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
	"dialpath/lab/ring"
)

// A report is what testdata/program prints of itself.
type report struct {
	Frames []struct {
		PC uint64
		Frame
	}
	Maps    string
	Foreign uint64
}

// compiled are the programs that were built, by how, for all tests.
var compiled = make(map[string]string)

// compile builds testdata/program, and returns the file's name. Nobody may change the file.
func compile(t testing.TB, env, flags []string) string {
	t.Helper()
	how := strings.Join(slices.Concat(env, flags), " ")
	if compiled[how] == "" {
		compiled[how] = build(t, filepath.Join(programs, fmt.Sprint("program-", len(compiled))), "./testdata/program", env, flags)
	}
	return compiled[how]
}

// programs is the folder that compiled programs are in.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "dialpath-symbol-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(programs)
	os.Exit(status)
}

// compileLab builds the lab, which is a large program.
func compileLab(t testing.TB, flags []string) string {
	t.Helper()
	return build(t, filepath.Join(t.TempDir(), "program"), "dialpath/lab/cmd/lab", []string{noCgo}, flags)
}

func build(t testing.TB, name, pkg string, env, flags []string) string {
	t.Helper()
	cmd := exec.Command("go", append(append([]string{"build", "-o", name}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return name
}

// open opens a program that a test built.
func open(t testing.TB, name string) *File {
	t.Helper()
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

const (
	withoutDWARF = "built without debug information (-s or -w), so inlined calls do not show"
	noCgo        = "CGO_ENABLED=0"
	cgo          = "CGO_ENABLED=1"
)

// TestFramesEqualTheRuntimes compares what the file says of the addresses on a stack with
// what the program's own runtime says of them.
func TestFramesEqualTheRuntimes(t *testing.T) {
	for _, test := range []struct {
		name  string
		env   string
		flags []string
		note  string
	}{
		{"executable", noCgo, nil, ""},
		{"position independent", noCgo, []string{"-buildmode=pie"}, ""},
		{"debug information not packed", noCgo, []string{"-ldflags=-compressdwarf=false"}, ""},
		{"cgo", cgo, nil, ""},
		{"cgo, position independent", cgo, []string{"-buildmode=pie"}, ""},
		{"not optimised", noCgo, []string{"-gcflags=all=-N -l"}, ""},
		{"without debug information", noCgo, []string{"-ldflags=-w"}, withoutDWARF},
		{"stripped", noCgo, []string{"-ldflags=-s"}, withoutDWARF},
		{"stripped, position independent", noCgo, []string{"-ldflags=-s", "-buildmode=pie"}, withoutDWARF},
		{"stripped, cgo", cgo, []string{"-ldflags=-s"}, withoutDWARF},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.env == cgo {
				ring.Compiler(t)
			}
			name := compile(t, []string{test.env}, test.flags)
			f := open(t, name)
			if f.Note() != test.note {
				t.Errorf("it notes %q, want %q", f.Note(), test.note)
			}
			said := runProgram(t, name)
			maps, err := parseMaps(strings.NewReader(said.Maps))
			if err != nil {
				t.Fatal(err)
			}
			want, got := stacks(t, f, maps, said, test.note == withoutDWARF)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the file's frames differ from the runtime's (-runtime +file):\n%s", diff)
			}
			if test.env == cgo {
				m, _ := maps.Find(said.Foreign)
				checkForeign(t, f.Frames(f.Address(m, said.Foreign)), test.note)
			}
		})
	}
}

func runProgram(t *testing.T, name string) (said report) {
	t.Helper()
	out, err := exec.Command(name).Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	return said
}

// stacks returns the stack as the runtime has it, and as the file has it. The runtime
// lists an inlined function before the one that it is in, each with an address of its own;
// that of the innermost is where the call is. A bare stack has neither the inlined ones nor
// lines.
func stacks(t *testing.T, f *File, maps Maps, said report, bare bool) (want, got []Frame) {
	t.Helper()
	innermost := true
	for _, frame := range said.Frames {
		if innermost {
			m, ok := maps.Find(frame.PC)
			if !ok {
				t.Fatalf("%#x is in no mapping", frame.PC)
			}
			got = append(got, f.Frames(f.Address(m, frame.PC))...)
		}
		innermost = !frame.Inlined
		if !bare || !frame.Inlined {
			want = append(want, frame.Frame)
		}
	}
	for i := range got {
		// What a generic function was instantiated for is in the file only.
		if name, rest, ok := strings.Cut(got[i].Function, "[go.shape."); ok {
			_, rest, _ = strings.Cut(rest, "]")
			got[i].Function = name + "[...]" + rest
		}
	}
	if bare {
		for _, frames := range [][]Frame{want, got} {
			for i := range frames {
				frames[i].File, frames[i].Line = "", 0
			}
		}
	}
	return want, got
}

// checkForeign checks the frames of the function that is written in C.
func checkForeign(t *testing.T, frames []Frame, note string) {
	t.Helper()
	switch {
	case note != "":
		if frames != nil {
			t.Errorf("a stripped file tells of C: %v", frames)
		}
	case len(frames) != 1 || frames[0].Function != "answer" || filepath.Base(frames[0].File) != "cgo.go" || frames[0].Line != 4:
		t.Errorf("of the C function it says %+v, want answer at cgo.go:4", frames)
	}
}

// TestTablesAgree compares, all over the program and for each architecture, two tables that
// the compiler and the linker make by different ways: the DWARF of a program, and what is
// left of the same program when it is stripped.
func TestTablesAgree(t *testing.T) {
	for _, arch := range kernel.Archs() {
		for _, mode := range []string{"exe", "pie"} {
			t.Run(arch+" "+mode, func(t *testing.T) {
				env, flag := []string{noCgo, "GOARCH=" + arch}, "-buildmode="+mode
				full, bare := open(t, compile(t, env, []string{flag})), open(t, compile(t, env, []string{flag, "-ldflags=-s"}))
				compareTables(t, full, bare)
			})
		}
	}
}

func compareTables(t *testing.T, full, bare *File) {
	t.Helper()
	addresses, lines := 0, 0
	for _, symbol := range full.functions {
		for address := symbol.low; address < symbol.high; address += 4 {
			addresses++
			truth, got := full.Frames(address), bare.Frames(address)
			if len(truth) == 0 || len(got) != 1 {
				t.Fatalf("%#x: %d frames, stripped %d", address, len(truth), len(got))
			}
			inner, own := truth[0], truth[len(truth)-1]
			if got[0].Function != own.Function {
				t.Fatalf("%#x: it is in %s, and stripped in %s", address, own.Function, got[0].Function)
			}
			if own.File == "" { // DWARF leaves out how generated functions begin
				continue
			}
			if got[0].File != "" && got[0].File != own.File {
				t.Errorf("%#x: %s is in %s, and stripped in %s", address, own.Function, own.File, got[0].File)
			}
			if file, line, _ := bare.lines.table.PCToLine(address); inner.File != file || inner.Line != line {
				lines++
			}
		}
	}
	if addresses < 100_000 || lines*10_000 > addresses { // where the two round differently
		t.Errorf("of %d addresses, the lines of %d differ", addresses, lines)
	}
}

func TestFrameless(t *testing.T) {
	for name, flags := range map[string][]string{"executable": nil, "stripped": {"-ldflags=-s"}} {
		t.Run(name, func(t *testing.T) {
			f := open(t, compile(t, []string{noCgo}, flags))
			// A stripped file is laid out as the other one.
			symbols := open(t, compile(t, []string{noCgo}, []string{"-ldflags=-w"})).functions
			var frameless []string
			for _, s := range symbols {
				if f.Frameless(s.low) {
					frameless = append(frameless, s.name)
				}
			}
			want := []string{"internal/runtime/syscall/linux.Syscall6"}
			if !cmp.Equal(frameless, want) {
				t.Errorf("frameless are %v, want %v", frameless, want)
			}
		})
	}
}

func TestSources(t *testing.T) {
	f := open(t, compile(t, []string{noCgo}, nil))
	here, err := filepath.Abs("testdata/program/main.go")
	if err != nil {
		t.Fatal(err)
	}
	got := f.Sources(func(pkg string) bool { return pkg == "main" })
	if !slices.Contains(got, here) {
		t.Errorf("the sources of main are %v, want %s among them", got, here)
	}
	if got := f.Sources(func(string) bool { return false }); got != nil {
		t.Errorf("the sources of nothing are %v", got)
	}
	stripped := open(t, compile(t, []string{noCgo}, []string{"-ldflags=-s"}))
	if got := stripped.Sources(func(string) bool { return true }); got != nil {
		t.Errorf("the sources of a stripped program are %v", got)
	}
}
