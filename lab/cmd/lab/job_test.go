package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/mistake"
	"dialpath/lab/vm"
)

// TestJob is what verbs take into a guest, and what they bring back.
func TestJob(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program, file := filepath.Join(dir, "program"), filepath.Join(dir, "file")
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	stdin, stdout := strings.NewReader(""), new(bytes.Buffer)
	terminal := environment{stdin: stdin, stdout: stdout, stderr: stdout, color: true, live: true}
	for _, test := range []struct {
		env  environment
		verb []string
		want vm.Job
	}{
		{environment{}, []string{"tour", "4"}, vm.Job{}},
		{terminal, []string{"tour"}, vm.Job{Env: []string{"CLICOLOR_FORCE=1", "DIALPATH_LIVE=1"}}},
		{environment{}, []string{"packets", "-w", "dial-tcp", "--save", file}, vm.Job{Outputs: []string{file}}},
		{environment{}, []string{"compare", "dialudp", program + ":dialudp"}, vm.Job{Inputs: []string{program}}},
		{environment{}, []string{"compare", "dialudp", "6.12:dialudp"}, vm.Job{}},
		{environment{stdin: stdin}, []string{"count", "udp_*", "--", program, "-p", "-r", "x"}, vm.Job{Carry: []string{program}, Stdin: stdin}},
		{environment{stdin: stdin}, []string{"count", "udp_*", "-w", "dialudp"}, vm.Job{}},
	} {
		job, err := newJob(test.env, test.verb)
		if err != nil {
			t.Errorf("%q: %v", test.verb, err)
			continue
		}
		test.want.Args, test.want.Stdout, test.want.Stderr = test.verb, test.env.stdout, test.env.stderr
		same := cmp.Comparer(func(a, b any) bool { return a == b })
		if diff := cmp.Diff(test.want, job, cmp.FilterPath(func(p cmp.Path) bool {
			name := p.Last().String()
			return name == ".Stdin" || name == ".Stdout" || name == ".Stderr"
		}, same)); diff != "" {
			t.Errorf("%q (- want, + got):\n%s", test.verb, diff)
		}
	}
}

// TestInherited: a guest has the environment, but for what is of the lab or the login here.
func TestInherited(t *testing.T) {
	t.Parallel()
	got := inherited([]string{
		"GODEBUG=multipathtcp=0", "LANG=C.UTF-8", "EMPTY=", "HOME=/home/gopher", "PATH=/opt/bin:/bin",
		"DIALPATH_CALL=x", "PWD=/here", "SUDO_UID=1000", "CLICOLOR_FORCE=1",
	})
	want := []string{"GODEBUG=multipathtcp=0", "LANG=C.UTF-8", "EMPTY=", "HOME=/home/gopher", "PATH=/opt/bin:/bin:/.dialpath"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNoJob: what is wrong, or needs no guest, boots none.
func TestNoJob(t *testing.T) {
	t.Parallel()
	for want, verb := range map[string][]string{
		"-r: to look at a recording takes no guest: lab packets -r file":                    {"packets", "-r", "file"},
		"-r: to look at a recording takes no guest: lab compare -r dialudp dial-udp":        {"compare", "-r", "dialudp", "dial-udp"},
		"--save needs the name of a file":                                                   {"tour", "--save", ""},
		"save /nowhere/file: no such file or directory":                                     {"record", "--save", "/nowhere/file"},
		"-p: a guest has none of this machine's processes: trace a command in it, after --": {"timeline", "-p", "1"},
	} {
		_, err := newJob(environment{lab: "lab"}, verb)
		if !mistake.Is(err) || err.Error() != want {
			t.Errorf("%q: %v, want the mistake %s", verb, err, want)
		}
	}
}

// TestCall is how a lab in a guest says that it is called.
func TestCall(t *testing.T) {
	t.Parallel()
	env := environment{lab: "bin/lab"}
	for kernel, want := range map[string]string{"": "bin/lab vm --", vm.DefaultKernel: "bin/lab vm --", "6.1": "bin/lab vm --kernel 6.1 --"} {
		if got := (guestFlags{kernel: kernel}).call(env); got != want {
			t.Errorf("kernel %q: %q, want %q", kernel, got, want)
		}
	}
}

// TestProgress says nothing of what is quick. A terminal is left as it was; elsewhere one
// line is enough.
func TestProgress(t *testing.T) {
	t.Parallel()
	const wipe = "\r\x1b[K"
	for live, want := range map[bool]string{
		true:  wipe + "attaching: 2 of 4" + wipe + wipe + "detaching: 2 of 4" + wipe,
		false: "attaching: 2 of 4 so far\ndetaching: 2 of 4 so far\n",
	} {
		var out strings.Builder
		p := newProgress(environment{stderr: &out, live: live})
		for _, doing := range []string{"attaching", "detaching"} {
			p.show(doing, 1, 4) // it has just begun
			p.next = p.next.Add(-2 * untilSaid)
			p.show(doing, 2, 4)
			p.show(doing, 3, 4) // at once after it
			p.show(doing, 4, 4)
		}
		if out.String() != want {
			t.Errorf("live %v: %q, want %q", live, out.String(), want)
		}
	}
}
