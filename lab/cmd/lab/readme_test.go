package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dialpath/lab/ring"
)

// The README's blocks of output are made anew, and compared, by scripts/readme. The tests
// of this file see to the commands that it shows besides.

// readmeCommands are the commands in the README's text: the indented lines, and what is
// set as code in a sentence or a table, if it begins as a command does.
func readmeCommands(t *testing.T) (all []string) {
	t.Helper()
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(string(readme), "")
	found := regexp.MustCompile("(?m)^    (.*)$|`([^`]+)`").FindAllStringSubmatch(text, -1)
	begins := regexp.MustCompile(`^(sudo )?(bin/)?(lab|make|go|echo|zcat|tshark|vagrant|scripts/\S+\.sh)( |$)`)
	for _, m := range found {
		line, _, _ := strings.Cut(m[1], "  ") // what comes after is a remark
		line = strings.Join(strings.Fields(line+m[2]), " ")
		if begins.MatchString(line) && !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}

// plainly is a command of the README's as an example would have it.
func plainly(line string) string {
	line = strings.TrimPrefix(line, "sudo ")
	line = strings.ReplaceAll(line, "bin/lab", "lab")
	line = strings.ReplaceAll(line, "-p PID", "-p 4711")
	return example{line: line}.ofGuest()
}

// ranBeside are commands of the README's that other tests run, or none does, and why.
var ranBeside = map[string]string{
	"go tool dlv exec bin/lab --init scripts/delve/dialudp.dlv -- run dialudp":   "by the tests of scripts/delve",
	"go tool dlv exec --headless --listen 127.0.0.1:2345 bin/lab -- run dialudp": "it waits for an editor",
	"sudo scripts/iptables-log.sh":                                               "by the tests of scripts/iptables",
	"scripts/go.sh":                                                              "by the tests of scripts/toolchain, and as go by all others",
	"bin/echo server :1337":                                                      "by testEcho",
	"echo 'HELLO!!' | bin/echo client 127.0.0.1:1337":                            "by testEcho",
	"go build ./lab/cmd/lab":                                                     "by make build, and make check for macOS",
	"vagrant up && vagrant ssh -c 'cd /dialpath && make lab'":                    "no machine of the tests' has Vagrant's own",
	"go tool pprof -http=: tcp.pb.gz":                                            "it serves a browser",
	"go tool pprof -http=: -diff_base udp.pb.gz tcp.pb.gz":                       "it serves a browser",
}

// TestReadme runs what the README's text says to run, in its order. What needs a kernel to
// trace must be an example of a verb's help, too, and is run as such.
func TestReadme(t *testing.T) {
	k := kit{dir: t.TempDir()}
	k.furnish(t)
	makefile, err := os.ReadFile("../../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, line := range readmeCommands(t) {
		_, beside := ranBeside[line]
		target, isMake := strings.CutPrefix(line, "make ")
		switch {
		case beside, isExample(line):
		case isMake:
			for name := range strings.FieldsSeq(target) {
				if !strings.Contains(string(makefile), "\n"+name+": ") {
					t.Errorf("there is no target %s, as in %s", name, line)
				}
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
		if !slices.Contains(readmeCommands(t), line) {
			t.Errorf("the README does not have %s any more", line)
		}
	}
}

// isExample tells whether a command is an example of a verb's help, or the beginning of one.
func isExample(line string) bool {
	return slices.ContainsFunc(examples(), func(e example) bool {
		return !e.looks() && (e.ofGuest() + " ")[:min(len(plainly(line))+1, len(e.ofGuest())+1)] == plainly(line)+" "
	})
}

// isSynopsis tells whether a command only says what a verb is called, and what it takes:
// in capitals, as PATTERN. The verb must be there.
func isSynopsis(line string) bool {
	line, isLab := strings.CutPrefix(strings.TrimPrefix(line, "bin/"), "lab ")
	cmd, rest, err := newRoot(environment{}).Find(strings.Fields(line))
	concrete := slices.ContainsFunc(rest, func(word string) bool {
		return !regexp.MustCompile(`^[\[(]?([A-Z]+(\.\.\.)?|-.*|\./program)[\])]?$`).MatchString(word)
	})
	return isLab && err == nil && cmd.HasParent() && !concrete
}

// lookAt runs a command that needs neither root nor a kernel.
func lookAt(t *testing.T, dir, line string) {
	program, _, _ := strings.Cut(strings.TrimPrefix(line, "bin/"), " ")
	switch {
	case program == "tshark":
		ring.Tshark(t)
	case strings.Contains(line, "| jq "):
		if _, err := exec.LookPath("jq"); err != nil {
			t.Skip("jq is the reader's own affair")
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
