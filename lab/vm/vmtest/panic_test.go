package vmtest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// actEnv says what the test binary does in a process of its own: "panic" as in a guest, or
// "judge" what came of that.
const actEnv = "DIALPATH_TEST_ACT"

// TestLastWords: why a test binary panicked in a guest is told where its tests are replayed,
// though it comes after the verdicts of all of them.
func TestLastWords(t *testing.T) {
	switch os.Getenv(actEnv) {
	case "panic":
		t.Run("inner", func(t *testing.T) {
			t.Run("innermost", func(t *testing.T) { panic("the moon is gone") })
		})
	case "judge":
		t.Run("inner", func(t *testing.T) {
			output, complaints, status := act(t, "panic", testArgs(t.Name(), "", "false")...)
			judge(t, output, complaints, status)
		})
	default:
		t.Parallel()
		output, _, status := act(t, "judge", "-test.run=^TestLastWords$")
		for _, want := range []string{
			"--- FAIL: TestLastWords/inner/innermost", "ended with status 2 in the guest, with these last words:", "panic: the moon is gone", "goroutine ",
		} {
			if status != statusFailed || !strings.Contains(output, want) {
				t.Errorf("status %d, and no %q in\n%s", status, want, output)
			}
		}
	}
}

// act runs this program in a process of its own, to do that.
func act(t *testing.T, what string, args ...string) (output, complaints string, status int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), actEnv+"="+what)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String() + errs.String(), errs.String(), cmd.ProcessState.ExitCode()
}
