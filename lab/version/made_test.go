package version_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
	"dialpath/lab/version"
)

// TestMade: the lab that make has built says what git says of the sources, or, outside of a
// clone, that it does not know.
func TestMade(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the lab")
	}
	want := version.Info{Lab: version.Unknown, Commit: version.Unknown}
	flags := output(t, "../../scripts/version.sh")
	for flag := range strings.FieldsSeq(flags) {
		if text, ok := strings.CutPrefix(flag, "dialpath/lab/version.described="); ok {
			want.Lab = text
		}
		if text, ok := strings.CutPrefix(flag, "dialpath/lab/version.commit="); ok {
			want.Commit = text
		}
	}
	var got version.Info
	if err := json.Unmarshal([]byte(output(t, filepath.Join(ring.Build(t), "lab"), "version", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.Go, "go1.") {
		t.Errorf("it was built by %q", got.Go)
	}
	got.Go = ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestGit: what git says is taken over, in a clone of one's own only.
func TestGit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("without git every version is unknown: TestMade")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "scripts", "version.sh")
	git := func(args ...string) string {
		t.Helper()
		return output(t, "git", append([]string{"-C", dir, "-c", "user.name=Gopher", "-c", "user.email=gopher@example.com"}, args...)...)
	}
	output(t, "mkdir", filepath.Dir(script))
	output(t, "cp", "../../scripts/version.sh", script)
	says := func(where, want string) {
		t.Helper()
		if got := output(t, script); got != want {
			t.Errorf("%s: %q, want %q", where, got, want)
		}
	}
	flags := func(described, commit string) string {
		return "-X dialpath/lab/version.described=" + described + " -X dialpath/lab/version.commit=" + commit
	}
	says("outside of a clone", "")
	git("init", "-q")
	says("before the first commit", "")
	git("add", ".")
	git("commit", "-q", "-m", "first")
	commit := git("rev-parse", "HEAD")
	says("without a tag", flags(git("rev-parse", "--short", "HEAD"), commit))
	git("tag", "v1.2.0")
	says("at a tag", flags("v1.2.0", commit))
	output(t, "sh", "-c", "echo '# changed' >>"+script)
	says("after a change", flags("v1.2.0-dirty", commit+"-dirty"))
	inner := filepath.Join(dir, "inner", "scripts", "version.sh")
	output(t, "mkdir", "-p", filepath.Dir(inner))
	output(t, "cp", script, inner)
	script = inner
	says("in a folder of somebody's clone", "")
}

// output is what a program prints.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return strings.TrimSpace(string(out))
}
