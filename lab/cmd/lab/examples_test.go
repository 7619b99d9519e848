package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"dialpath/lab/ring"
)

// An example is a command that a verb's help shows.
type example struct {
	verb string // whose help it is, as "lab exercise check"
	line string
}

// examples are those of all help texts.
func examples() (all []example) {
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), "  ") // what comes after is a remark
			all = append(all, example{cmd.CommandPath(), line})
		}
		for _, verb := range cmd.Commands() {
			walk(verb)
		}
	}
	walk(newRoot(environment{lab: "lab"}))
	return all
}

// workshop tells whether an example is of the workshop, which needs Go to build programs,
// and so runs outside of guests.
func (e example) workshop() bool { return strings.HasPrefix(e.line, "lab exercise") }

// looks tells whether an example only looks at what is there, for which it needs no kernel.
func (e example) looks() bool {
	return regexp.MustCompile(` -r | --list|^lab (explain|version|completion) `).MatchString(e.line)
}

// needsFunctions tells whether an example is of kernel functions, for which it needs kprobes:
// others have something to show by tracepoints, too.
func (e example) needsFunctions() bool {
	return regexp.MustCompile(`^(sudo )?lab (vm .*-- )?(count|stack|watch) .*([a-z]_|\*)`).MatchString(e.line)
}

// ofGuest is how an example is called in a guest: with or without what brought it there,
// it is the same verb.
func (e example) ofGuest() string {
	line := strings.TrimPrefix(e.line, "sudo ")
	return regexp.MustCompile(`^lab vm (--\S+ \S+ )*-- `).ReplaceAllString(line, "lab ")
}

// ranElsewhere are the examples that no test of this file runs, and why. What a file of this
// directory has instead, it has to the letter.
var ranElsewhere = map[string]struct{ why, file, text string }{
	"lab tour":                                  {why: "for each kernel", file: "guest_test.go", text: `(t, "tour")`},
	"lab compare dial-tcp dialudp":              {why: "for each kernel", file: "verbs_test.go", text: `{"compare", "dial-tcp", "dialudp"}`},
	"lab timeline echo-udp":                     {why: "for each kernel", file: "livetimeline_test.go", text: `(t, "timeline", "echo-udp")`},
	"lab hooks -w write-udp":                    {why: "for each kernel", file: "verbs_test.go", text: `(t, "hooks", "-w", "write-udp")`},
	`lab stack "UDP connect" -w dialudp`:        {why: "for each kernel", file: "verbs_test.go", text: `(t, "stack", kernel.UDPConnect, "-w", "dialudp")`},
	"lab exercise watch":                        {why: "sits at a terminal", file: "watchexercise_test.go", text: `"exercise", "watch", "2"`},
	"lab exercise watch 2 --guest":              {why: "the same, with the guest of the one below", file: "watchexercise_test.go", text: `"exercise", "watch", "2"`},
	"lab exercise check 2 --guest --kernel 6.1": {why: "boots a guest", file: "testdata/script/guest/exercise.txtar"},
	"go tool dlv exec bin/lab -- run dialudp":   {why: "a debugger at a terminal", file: "../../../scripts/delve/delve_test.go", text: `"--", "run"`},
	"go tool dlv exec bin/lab --init scripts/delve/dialudp.dlv -- run dialudp": {why: "each script is run beside it",
		file: "../../../scripts/delve/delve_test.go", text: `"dialudp": {stacks:`},
}

// TestExamples: every verb shows how it is called, and every example is run somewhere.
func TestExamples(t *testing.T) {
	t.Parallel()
	shown := make(map[string]bool)
	for _, e := range examples() {
		shown[e.line] = true
		if e.workshop() || strings.HasPrefix(e.ofGuest(), "lab ") {
			continue // run below, or in a guest
		}
		if _, ok := ranElsewhere[e.line]; !ok {
			t.Errorf("%s -h: nothing runs %s", e.verb, e.line)
		}
	}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		own := slices.ContainsFunc(examples(), func(e example) bool {
			return e.verb == cmd.CommandPath() && strings.HasPrefix(strings.TrimPrefix(e.line, "sudo "), cmd.CommandPath())
		})
		if cmd.IsAvailableCommand() && !own {
			t.Errorf("%s -h shows no example of it", cmd.CommandPath())
		}
		for _, verb := range cmd.Commands() {
			walk(verb)
		}
	}
	walk(newRoot(environment{lab: "lab"}))
	for line, e := range ranElsewhere {
		text := e.text
		if text == "" {
			text = line
		}
		there, err := os.ReadFile(e.file)
		if err != nil || !strings.Contains(string(there), text) || !shown[line] {
			t.Errorf("%s (%s): shown %v; %s has no %s, %v", line, e.why, shown[line], e.file, text, err)
		}
	}
}

// TestGuestExamples: what examples have run in a guest is no mistake in how the lab is
// called. That the verbs work there, testExamples finds out.
func TestGuestExamples(t *testing.T) {
	bin := t.TempDir()
	t.Chdir(bin)
	for _, program := range append(slices.Collect(maps.Keys(standIns)), "myprogram") {
		if err := os.WriteFile(filepath.Join(bin, program), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	found := 0
	for _, e := range examples() {
		_, verb, ok := strings.Cut(e.line, " -- ")
		if !ok || !strings.HasPrefix(e.line, "lab vm ") {
			continue
		}
		found++
		if _, err := newJob(environment{lab: "lab"}, strings.Fields(verb)); err != nil {
			t.Errorf("%s: %v", e.line, err)
		}
	}
	if found < 3 {
		t.Errorf("only %d examples run anything in a guest", found)
	}
}

// nothing is what views say that have nothing to show. An example that shows nothing is a
// poor one.
var nothing = regexp.MustCompile(`(?m)^(No packets\.|None of the .*|Nothing happened\.)$`)

// testExamples runs, in a guest, the examples that need kprobes, each once.
func testExamples(t *testing.T) {
	tryAll(t, func(e example) bool { return !e.looks() && e.needsFunctions() })
}

// TestTracingExamples runs those that trace by whatever this kernel has.
func TestTracingExamples(t *testing.T) {
	ring.Root(t)
	k := kit{dir: ring.Build(t)}
	k.equip(t)
	t.Setenv(kitEnv, k.dir)
	t.Setenv("PATH", k.dir+":"+os.Getenv("PATH"))
	tryAll(t, func(e example) bool { return !e.looks() && !e.needsFunctions() })
}

// TestLookingExamples runs those that trace nothing.
func TestLookingExamples(t *testing.T) {
	k := kit{dir: t.TempDir()}
	k.furnish(t)
	t.Setenv(kitEnv, k.dir)
	tryAll(t, example.looks)
}

// tryAll tries examples, each once, but none of the workshop's.
func tryAll(t *testing.T, wanted func(example) bool) {
	ran := make(map[string]bool)
	for _, e := range examples() {
		line := e.ofGuest()
		_, told := ranElsewhere[e.line]
		_, there := ranElsewhere[line]
		if told || there || e.workshop() || ran[line] || !wanted(e) {
			continue
		}
		ran[line] = true
		t.Run(strings.ReplaceAll(line, "/", "|"), func(t *testing.T) { e.try(t, line) })
	}
	if len(ran) == 0 {
		t.Error("there are none")
	}
}

// somebody is how examples name a process.
var somebody = regexp.MustCompile(`-p (4711|\$\(pgrep -n dialudp\))`)

// try runs an example in a folder with what it wants to find there. Who is to be traced by
// number is a server, which is asked meanwhile.
func (e example) try(t *testing.T, line string) {
	dir := t.TempDir()
	furnish(t, dir)
	enter(t, dir)
	var status int
	var stdout, stderr string
	switch {
	case somebody.MatchString(line):
		network := "udp"
		if strings.Contains(line, "tcp") {
			network = "tcp"
		}
		server := serve(t, network)
		line = somebody.ReplaceAllString(line, "-p "+server.pid())
		if !debugs(line) {
			status, stdout, stderr = attached(t, server, arguments(line))
			break
		}
		status, stdout, stderr = shell(t, dir, line)
		server.ask() // it was let go on
	case debugs(line):
		status, stdout, stderr = shell(t, dir, line)
	default:
		status, stdout, stderr = lab(t, arguments(line)...)
	}
	if status != statusDone || nothing.MatchString(stdout) {
		t.Errorf("status %d: %s\n%s", status, stderr, stdout)
	}
	if file := regexp.MustCompile(`-o [a-z-]+=(\S+)|--save (\S+)`).FindStringSubmatch(line); file != nil {
		name := file[1] + file[2]
		if info, err := os.Stat(name); err != nil || info.Size() == 0 {
			t.Errorf("it has written no %s: %v", name, err)
		}
	} else if stdout == "" && !strings.HasPrefix(line, "lab run ") {
		t.Errorf("it shows nothing; its news are %q", stderr)
	}
}

// enter goes into a folder for the time of a test. (t.Chdir is not for tests that run
// beside others, as those of several guests do outside; inside there is but one.)
func enter(t *testing.T, dir string) {
	t.Helper()
	before, err := os.Getwd()
	if err == nil {
		err = os.Chdir(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chdir(before) })
}

// debugs tells whether an example is for the lab as it is built for users: debugged, or
// writing to its own standard output. The others run in this process, which begins sooner.
func debugs(line string) bool {
	return strings.HasPrefix(line, "lab step ") || strings.HasPrefix(line, "lab run ")
}

// arguments are those of the lab in a line, as a shell would part them.
func arguments(line string) (args []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		args = append(args, m[1]+m[2]+m[3])
	}
	return args[1:]
}

// furnish puts into a folder the files that examples name.
func furnish(t *testing.T, dir string) {
	t.Helper()
	for name, from := range map[string]string{"mine.json": "mine.json", "mine.json.gz": "mine.json.gz", "steps.dlv": "steps.dlv", "myprogram": "echo"} {
		if err := os.Symlink(inKit(from), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWorkshopExamples goes through the workshop by its examples: those of each verb after
// what must come before.
func TestWorkshopExamples(t *testing.T) {
	ring.Root(t)
	for verb, before := range map[string][]string{
		"lab exercise":          {"lab exercise start 2"},
		"lab exercise start":    nil,
		"lab exercise check":    {"lab exercise start 2", "echo packets-sent = 1 >workshop/02-silent-dial/predict.txt", pass},
		"lab exercise hint":     {"lab exercise start 2"},
		"lab exercise solution": {"lab exercise start 2", "echo packets-sent = 1 >workshop/02-silent-dial/predict.txt", pass, "lab exercise check 2"},
		"lab exercise reset":    {"lab exercise start 2"},
		"lab exercise export":   {"lab exercise start 2"},
		"lab exercise board":    {"lab exercise start 2", "mkdir class", "lab exercise export class/gopher.json"},
	} {
		t.Run(verb, func(t *testing.T) {
			dir, lines := t.TempDir(), before
			for _, e := range examples() {
				if _, told := ranElsewhere[e.line]; !told && e.verb == verb && !(verb == "lab exercise" && e.line == "lab exercise check") {
					lines = append(lines, e.line)
				}
			}
			if len(lines) == len(before) {
				t.Errorf("%s -h has no example", verb)
			}
			for _, line := range lines {
				if status, stdout, stderr := shell(t, dir, line); status != statusDone {
					t.Errorf("%s: status %d: %s%s", line, status, stdout, stderr)
				}
			}
		})
	}
	for _, e := range examples() {
		if _, told := ranElsewhere[e.line]; e.workshop() && !told && e.verb == "lab exercise watch" {
			t.Errorf("%s -h: nothing runs %s", e.verb, e.line)
		}
	}
}

// pass makes the program of the second exercise a right one.
const pass = "lab exercise solution 2 --show >main.go && mv main.go workshop/02-silent-dial/main.go"
