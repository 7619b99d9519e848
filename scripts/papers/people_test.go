package papers

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"
)

// model is the package of what judges judge by.
const model = module + "lab/trace"

// judges are the rooms that judge traces.
var judges = []string{module + "lab/tour", module + "lab/exercise", module + "lab/compare"}

// TestPeople: no judge looks into a field of a trace that is meant for people, which has the
// tag for:"people". It may pass one on, in a literal or by fmt.Sprintf, to be shown.
func TestPeople(t *testing.T) {
	for _, fault := range looks(t, nil) {
		t.Error(fault)
	}
}

// TestPeopleFaults: a judge that looks is found, whichever way it does so.
func TestPeopleFaults(t *testing.T) {
	mutants := map[string][]byte{
		"lab/tour/mutant.go": []byte(`package tour

import (
	"cmp"
	"fmt"
	"strings"

	"dialpath/lab/trace"
)

func mutant(t *trace.Trace) (string, bool) {
	why := t.Backend.Why
	for _, f := range t.Honesty.Failed {
		if strings.Contains(f.Reason, "refused") {
			return cmp.Or(t.Honesty.Unseen, why), len(t.Honesty.Unnamed) > 0
		}
	}
	_ = trace.Backend{Why: cmp.Or(t.Backend.Why, "no reason")}
	return fmt.Sprintf("%s, %s", t.Target.Call, t.Target.Output), t.Target.Ended == ""
}
`),
		"lab/exercise/mutant.go": []byte(`package exercise

func (e Evidence) mutant() bool { return e.Target.Output == "" || e.Target.TimedOut }
`),
	}
	want := []string{
		"lab/exercise/mutant.go:3 looks into Target.Output",
		"lab/tour/mutant.go:12 looks into Backend.Why",
		"lab/tour/mutant.go:14 looks into Failure.Reason",
		"lab/tour/mutant.go:15 looks into Honesty.Unnamed",
		"lab/tour/mutant.go:15 looks into Honesty.Unseen",
		"lab/tour/mutant.go:19 looks into Target.Ended",
	}
	if diff := cmp.Diff(want, looks(t, mutants)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// looks says where judges look into fields that are meant for people. Mutants are files that
// are taken for some of the project's.
func looks(t *testing.T, mutants map[string][]byte) (faults []string) {
	t.Helper()
	folder, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	overlay := make(map[string][]byte)
	for name, text := range mutants {
		overlay[filepath.Join(folder, name)] = text
	}
	all, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
		Dir:  folder, Overlay: overlay,
	}, judges...)
	if err != nil || packages.PrintErrors(all) > 0 || len(all) != len(judges) {
		t.Fatalf("load %d packages of %v: %v", len(all), judges, err)
	}
	for _, p := range all {
		forPeople := marked(p.Imports[model].Types)
		if len(forPeople) < 6 {
			t.Fatalf("only %d fields are marked", len(forPeople))
		}
		if p.PkgPath == module+"lab/exercise" { // what a learner's program prints proves nothing
			forPeople[field(p.Imports[model].Types, "Target", "Output")] = "Target.Output"
		}
		for _, file := range p.Syntax {
			path, _ := filepath.Rel(folder, p.Fset.Position(file.Pos()).Filename)
			for _, one := range looked(file, p.TypesInfo, forPeople) {
				faults = append(faults, fmt.Sprintf("%s:%d looks into %s", path, p.Fset.Position(one.Pos()).Line, forPeople[p.TypesInfo.Selections[one].Obj()]))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// marked returns the fields of a package's structs that have the tag, with their names.
func marked(p *types.Package) map[types.Object]string {
	fields := make(map[types.Object]string)
	for _, name := range p.Scope().Names() {
		s, ok := p.Scope().Lookup(name).Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for i := range s.NumFields() {
			if reflect.StructTag(s.Tag(i)).Get("for") == "people" {
				fields[s.Field(i)] = name + "." + s.Field(i).Name()
			}
		}
	}
	return fields
}

// field returns a field of a struct.
func field(p *types.Package, of, name string) types.Object {
	s := p.Scope().Lookup(of).Type().Underlying().(*types.Struct)
	for i := range s.NumFields() {
		if s.Field(i).Name() == name {
			return s.Field(i)
		}
	}
	return nil
}

// looked returns where a file reads one of the fields, and does not only pass it on.
func looked(file *ast.File, info *types.Info, fields map[types.Object]string) (found []*ast.SelectorExpr) {
	var above []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		if s, ok := n.(*ast.SelectorExpr); ok && info.Selections[s] != nil && fields[info.Selections[s].Obj()] != "" && !passedOn(above) {
			found = append(found, s)
		}
		above = append(above, n)
		return true
	})
	return found
}

// passedOn tells whether what stands below these nodes is a field of a literal, or goes into
// fmt.Sprintf, maybe by way of cmp.Or.
func passedOn(above []ast.Node) bool {
	switch n := above[len(above)-1].(type) {
	case *ast.KeyValueExpr:
		return true
	case *ast.CallExpr:
		switch called := strings.TrimSpace(types.ExprString(n.Fun)); called {
		case "fmt.Sprintf":
			return true
		case "cmp.Or":
			return passedOn(above[:len(above)-1])
		}
	}
	return false
}
