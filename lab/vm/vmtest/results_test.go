package vmtest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// transcript is what a test binary printed with -test.v=test2json; each ^ stands
// for the marker.
const transcript = `^=== RUN   TestGuest
before
^=== RUN   TestGuest/6.12
^=== RUN   TestGuest/6.12/counts
    count_test.go:7: 137 of 137
no newline^--- PASS: TestGuest/6.12/counts (0.00s)
^=== NAME  TestGuest/6.12
^=== RUN   TestGuest/6.12/stacks
^=== PAUSE TestGuest/6.12/stacks
^=== NAME  TestGuest/6.12
--- FAIL: TestGuest/6.12/counts (printed by the test itself)
^=== CONT  TestGuest/6.12/stacks
    stack_test.go:9: needs the moon
^--- SKIP: TestGuest/6.12/stacks (0.00s)
^=== NAME  TestGuest/6.12
^=== RUN   TestGuest/6.12/detach
^--- FAIL: TestGuest/6.12 (0.01s)
^--- FAIL: TestGuest (0.01s)
^=== NAME  
^FAIL
`

func output(text string) string { return strings.ReplaceAll(text, "^", marker) }

// outline is a result without its pointers.
type outline struct {
	Name, Verdict, Log string
	Subs               []outline
}

func (r *result) outline() outline {
	o := outline{Name: r.name, Verdict: r.verdict, Log: r.log.String()}
	for _, s := range r.subs {
		o.Subs = append(o.Subs, s.outline())
	}
	return o
}

func TestParse(t *testing.T) {
	t.Parallel()
	want := outline{Name: "", Log: "FAIL\n", Subs: []outline{{
		Name: "TestGuest", Verdict: "FAIL", Log: "before\n", Subs: []outline{{
			Name: "6.12", Verdict: "FAIL", Log: "--- FAIL: TestGuest/6.12/counts (printed by the test itself)\n", Subs: []outline{
				{Name: "counts", Verdict: "PASS", Log: "    count_test.go:7: 137 of 137\nno newline"},
				{Name: "stacks", Verdict: "SKIP", Log: "    stack_test.go:9: needs the moon\n"},
				{Name: "detach"},
			},
		}},
	}}}
	r := parse(output(transcript))
	if diff := cmp.Diff(want, r.root.outline()); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if found := r.find("TestGuest/6.12/stacks"); found == nil || found.verdict != "SKIP" {
		t.Errorf("found %+v", found)
	}
	if found := r.find("TestGuest/6.1"); found != nil {
		t.Errorf("found %+v", found)
	}
}

func TestTestArgs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, run, want string }{
		{"TestGuest", "", "^TestGuest$"},
		{"TestGuest/6.12", "", "^TestGuest$/^6\\.12$"},
		{"TestGuest/6.12", "Guest", "^TestGuest$/^6\\.12$"},
		{"TestGuest/6.12", "Guest/6/cou", "^TestGuest$/^6\\.12$/cou"},
		{"TestGuest/a_(b)", "//x/y", "^TestGuest$/^a_\\(b\\)$/x/y"},
	} {
		args := testArgs(c.name, c.run, "false")
		if got := args[3]; got != "-test.run="+c.want {
			t.Errorf("%s with -run %q: %s, want %s", c.name, c.run, got, c.want)
		}
	}
}

// replayEnv makes TestReplayed play the transcript, in a process of its own: it
// is meant to fail.
const replayEnv = "DIALPATH_TEST_REPLAY"

func TestReplay(t *testing.T) {
	if text := os.Getenv(replayEnv); text != "" {
		parse(output(strings.ReplaceAll(text, "TestGuest/6.12", "TestReplay"))).replay(t)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestReplay$", "-test.v")
	cmd.Env = append(os.Environ(), replayEnv+"="+transcript)
	out, err := cmd.Output()
	if err == nil {
		t.Error("a replayed failure passes")
	}
	var verdicts []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "--- ") && !strings.Contains(line, "itself") {
			verdict, _, _ := strings.Cut(line, " (")
			verdicts = append(verdicts, verdict)
		}
	}
	want := []string{"--- FAIL: TestReplay", "--- PASS: TestReplay/counts", "--- SKIP: TestReplay/stacks", "--- FAIL: TestReplay/detach"}
	if diff := cmp.Diff(want, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s\nof\n%s", diff, out)
	}
	for _, want := range []string{"137 of 137", "in the guest (0.00s)", "needs the moon", "it did not end in the guest"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q did not come through", want)
		}
	}
}
