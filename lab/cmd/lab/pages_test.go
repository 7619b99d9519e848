package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
	"dialpath/scripts/pages"
)

// The pages' blocks of output are made anew, and compared, by scripts/readme. The tests of
// this file see to the commands that they show besides, and to the table of verbs.

// project is the project's folder.
const project = "../../.."

// read returns a file of the project.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(project, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pageCommands are the commands in the text of all pages: the indented lines, and what is
// set as code in a sentence or a table, if it begins as a command does.
func pageCommands(t *testing.T) (all []string) {
	t.Helper()
	names, err := pages.Find(project)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^```.*?^```$")
	begins := regexp.MustCompile(`^(sudo )?(\.?/?bin/|\./)?(lab|make|go|echo|zcat|tshark|vagrant|scripts/\S+\.sh)( |$)`)
	for _, name := range names {
		text := block.ReplaceAllString(read(t, name), "")
		for _, m := range regexp.MustCompile("(?m)^    (.*)$|`([^`]+)`").FindAllStringSubmatch(text, -1) {
			line, _, _ := strings.Cut(m[1], "  ") // what comes after is a remark
			line = strings.Join(strings.Fields(line+m[2]), " ")
			if begins.MatchString(line) && !slices.Contains(all, line) {
				all = append(all, line)
			}
		}
	}
	return all
}

// plainly is a command of a page's as an example would have it. A program of the reader's
// stands for what the example traces.
func plainly(line string) string {
	line = strings.TrimPrefix(strings.TrimPrefix(line, "sudo "), "./")
	line = strings.TrimSuffix(strings.ReplaceAll(line, "bin/lab", "lab"), " -- ./program")
	line = strings.ReplaceAll(line, "-p PID", "-p 4711")
	return example{line: line}.ofGuest()
}

// ranBeside are commands of the pages that other tests run, or none does, and why.
var ranBeside = map[string]string{
	"go tool dlv exec bin/lab --init scripts/delve/dialudp.dlv -- run dialudp":   "by the tests of scripts/delve",
	"go tool dlv exec --headless --listen 127.0.0.1:2345 bin/lab -- run dialudp": "it waits for an editor",
	"sudo scripts/iptables-log.sh":                                               "by the tests of scripts/iptables",
	"sudo scripts/released.sh dist":                                              "by continuous integration",
	"scripts/go.sh":                                                              "by the tests of scripts/toolchain, and as go by all others",
	"bin/echo server :1337":                                                      "by testEcho",
	"echo 'HELLO!!' | bin/echo client 127.0.0.1:1337":                            "by testEcho",
	"go build ./lab/cmd/lab":                                                     "by make build, and make check for macOS",
	"vagrant up":                                                                 "no machine of the tests' has Vagrant's own",
	"vagrant up && vagrant ssh -c 'cd /dialpath && make lab'":                    "no machine of the tests' has Vagrant's own",
	"lab count udp_sendmsg -w write-udp -n 137":                                  "by guest/vm.txtar",
	"lab packets -r mine.json.gz":                                                "by root/exercise.txtar, of the recording of an exercise",
	"lab exercise check 2 -r mine.json.gz --json":                                "by root/exercise.txtar",
	"lab exercise check 2 --json":                                                "by root/exercise.txtar",
	"echo 'packets-sent = 3' >workshop/02-silent-dial/predict.txt":               "by TestWorkshopExamples, before a check",
	"go tool pprof -http=: tcp.pb.gz":                                            "it serves a browser",
	"go tool pprof -http=: -diff_base udp.pb.gz tcp.pb.gz":                       "it serves a browser",
}

// TestPageCommands runs what the text of the pages says to run, in its order. What needs a
// kernel to trace must be an example of a verb's help, too, and is run as such.
func TestPageCommands(t *testing.T) {
	k := kit{dir: t.TempDir()}
	k.furnish(t)
	makefile, ran, commands := read(t, "Makefile"), 0, pageCommands(t)
	for _, line := range commands {
		_, beside := ranBeside[line]
		target, isMake := strings.CutPrefix(line, "make ")
		switch {
		case beside, isExample(line):
		case isMake:
			for name := range strings.FieldsSeq(target) {
				if !strings.Contains(makefile, "\n"+name+": ") {
					t.Errorf("there is no target %s, as in %s", name, line)
				}
			}
		case strings.HasPrefix(line, "go test "):
			if !isTest(t, line) {
				t.Errorf("there is no such test: %s", line)
			}
		case isSynopsis(line):
		default:
			ran++
			t.Run(line, func(t *testing.T) { lookAt(t, k.dir, line) })
		}
	}
	if ran < 8 {
		t.Errorf("only %d commands were run", ran)
	}
	for line := range ranBeside {
		if !slices.Contains(commands, line) {
			t.Errorf("no page has %s any more", line)
		}
	}
}

// TestVerbs: the README's table of verbs has each that is to be seen, and no other.
func TestVerbs(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, verb := range newRoot(environment{}).Commands() {
		if verb.IsAvailableCommand() {
			want = append(want, verb.Name())
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| \\[`lab ([a-z]+)").FindAllStringSubmatch(read(t, "README.md"), -1) {
		got = append(got, m[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the verbs, and those of the README's table (-verbs +table):\n%s", diff)
	}
}

// isExample tells whether a command is an example of a verb's help, or the beginning of one.
func isExample(line string) bool {
	return slices.ContainsFunc(examples(), func(e example) bool {
		return !e.looks() && (e.ofGuest() + " ")[:min(len(plainly(line))+1, len(e.ofGuest())+1)] == plainly(line)+" "
	})
}

// isTest tells whether a command runs a test that is there, as in
// go test ./lab/tour -run TestVerdicts.
func isTest(t *testing.T, line string) bool {
	t.Helper()
	m := regexp.MustCompile(`^go test \./(\S+) -(?:run|fuzz) (\w+)`).FindStringSubmatch(line)
	if m == nil {
		return false
	}
	files, err := filepath.Glob(filepath.Join(project, m[1], "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(name string) bool {
		text, err := os.ReadFile(name)
		return err == nil && strings.Contains(string(text), "\nfunc "+m[2]+"(")
	})
}

// isSynopsis tells whether a command only says what a verb is called, and what it takes:
// in capitals, as PATTERN. The verb must be there.
func isSynopsis(line string) bool {
	line, isLab := strings.CutPrefix(strings.TrimPrefix(line, "bin/"), "lab ")
	cmd, rest, err := newRoot(environment{}).Find(strings.Fields(line))
	concrete := slices.ContainsFunc(rest, func(word string) bool {
		return !regexp.MustCompile(`^[\[(]?([A-Z]+(\.\.\.|\.json)?|-.*|\./program)[\])]?$`).MatchString(word)
	})
	return isLab && err == nil && cmd.HasParent() && !concrete
}

// lookAt runs a command that needs neither root nor a kernel.
func lookAt(t *testing.T, dir, line string) {
	if strings.HasPrefix(line, "tshark ") {
		ring.Tshark(t)
	}
	if _, reader, piped := strings.Cut(line, " | "); piped {
		if _, err := exec.LookPath(strings.Fields(reader)[0]); err != nil {
			t.Skip(err, "it is the reader's own affair")
		}
	}
	status, stdout, stderr := shell(t, dir, strings.ReplaceAll(line, "bin/lab", "lab"))
	if status != statusDone {
		t.Errorf("status %d: %s", status, stderr)
	}
	if stdout == "" && !regexp.MustCompile(` -[ow] \S+`).MatchString(line) {
		t.Errorf("it shows nothing: %s", stderr)
	}
}
