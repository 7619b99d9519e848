// Package papers holds the project's papers against the code.
package papers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// root is the project's folder.
const root = "../.."

// module is the project's name in import paths.
const module = "dialpath/"

// A row is what ARCHITECTURE.md says of a room.
type row struct {
	room    string // lab/trace; lab/exercise/files/... is for all below
	rooms   []string
	outside []string // modules: cilium/ebpf, x/sys
}

// is tells whether a package is the row's room.
func (r row) is(room string) bool {
	below, all := strings.CutSuffix(r.room, "...")
	return room == r.room || all && strings.HasPrefix(room, below)
}

// allows tells whether the room may import that.
func (r row) allows(path string) bool {
	if room, ours := strings.CutPrefix(path, module); ours {
		return slices.Contains(r.rooms, room)
	}
	for _, host := range []string{"github.com/", "golang.org/"} {
		path = strings.TrimPrefix(path, host)
	}
	return slices.ContainsFunc(r.outside, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
}

// A room is a package, and what it imports that is not of the standard library.
type room struct {
	name    string
	imports []string
}

// TestRooms: a package imports what its row in ARCHITECTURE.md allows, and each has a row.
func TestRooms(t *testing.T) {
	rows := table(t)
	found := rooms(t)
	if len(found) < 20 {
		t.Errorf("only %d packages were found", len(found))
	}
	for _, fault := range faults(rows, found) {
		t.Error(fault)
	}
}

// faults says in which rooms the table and the code differ.
func faults(rows []row, found []room) (all []string) {
	there := make(map[string]bool)
	for _, p := range found {
		i := slices.IndexFunc(rows, func(r row) bool { return r.is(p.name) })
		if i < 0 {
			all = append(all, p.name+" has no row in ARCHITECTURE.md: say there what it may know")
			continue
		}
		there[rows[i].room], there[p.name] = true, true
		for _, path := range p.imports {
			if !rows[i].allows(path) {
				all = append(all, fmt.Sprintf("%s imports %s, which its row in ARCHITECTURE.md does not allow", p.name, path))
			}
		}
	}
	for _, r := range rows {
		for _, name := range append([]string{r.room}, r.rooms...) {
			if !there[name] {
				all = append(all, fmt.Sprintf("ARCHITECTURE.md, row %s: there is no room %s", r.room, name))
			}
		}
	}
	return all
}

// TestFaults: what must be found is found.
func TestFaults(t *testing.T) {
	rows := []row{
		{room: "lab/trace"},
		{room: "lab/view", rooms: []string{"lab/trace", "lab/gone"}, outside: []string{"x/sys"}},
		{room: "files/..."},
	}
	found := []room{
		{"lab/trace", []string{"dialpath/lab/view", "golang.org/x/sys/unix"}},
		{"lab/view", []string{"dialpath/lab/trace", "golang.org/x/sys/unix", "golang.org/x/system"}},
		{"files/a", []string{"dialpath/lab/trace"}},
		{"lab/new", nil},
	}
	want := []string{
		"lab/trace imports dialpath/lab/view, which its row in ARCHITECTURE.md does not allow",
		"lab/trace imports golang.org/x/sys/unix, which its row in ARCHITECTURE.md does not allow",
		"lab/view imports golang.org/x/system, which its row in ARCHITECTURE.md does not allow",
		"files/a imports dialpath/lab/trace, which its row in ARCHITECTURE.md does not allow",
		"lab/new has no row in ARCHITECTURE.md: say there what it may know",
		"ARCHITECTURE.md, row lab/view: there is no room lab/gone",
	}
	if diff := cmp.Diff(want, faults(rows, found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// code is what is set as code in a text.
var code = regexp.MustCompile("`([^`]+)`")

// table reads the rows of the rooms.
func table(t *testing.T) (rows []row) {
	t.Helper()
	_, rest, ok := strings.Cut(read(t, "ARCHITECTURE.md"), "| room |")
	if !ok {
		t.Fatal("ARCHITECTURE.md has no table of rooms")
	}
	for line := range strings.Lines(rest) {
		cells := strings.Split(line, "|")
		switch {
		case len(cells) < 4: // the table has ended
			return rows
		case !strings.Contains(cells[1], "`"): // its head
			continue
		case len(cells) != 6:
			t.Fatalf("a row of %d cells: %s", len(cells), line)
		}
		rows = append(rows, row{set(cells[1])[0], set(cells[3]), set(cells[4])})
	}
	return rows
}

// set are the names that are set as code in a cell.
func set(cell string) (names []string) {
	for _, m := range code.FindAllStringSubmatch(cell, -1) {
		names = append(names, m[1])
	}
	return names
}

// rooms are the packages of the project with what they import on any system that the lab
// is built for, without tests.
func rooms(t *testing.T) (all []room) {
	t.Helper()
	imports := make(map[string]map[string]bool)
	for _, system := range []string{"linux", "darwin"} {
		cmd := exec.Command("go", "list", "-e", "-json=ImportPath,GoFiles,Imports", "./...")
		cmd.Dir, cmd.Env = root, append(os.Environ(), "GOOS="+system)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list for %s: %v", system, err)
		}
		for packages := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct {
				ImportPath       string
				GoFiles, Imports []string
			}
			if err := packages.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if len(p.GoFiles) == 0 { // tests alone, or nothing for this system
				continue
			}
			name := strings.TrimPrefix(p.ImportPath, module)
			if imports[name] == nil {
				imports[name] = make(map[string]bool)
			}
			for _, path := range p.Imports {
				if first, _, _ := strings.Cut(path, "/"); strings.HasPrefix(path, module) || strings.Contains(first, ".") {
					imports[name][path] = true
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		all = append(all, room{name, slices.Sorted(maps.Keys(imports[name]))})
	}
	return all
}

// read returns a file of the project.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
