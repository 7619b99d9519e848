package vm

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// apt is Debian's package manager with a configuration of its own: its lists,
// caches and sources are in one directory, and the machine's are not touched.
// From the machine it takes what it needs to reach a mirror, as proxies.
type apt struct {
	dir string
}

// aptConfig replaces what must not be the machine's. Hooks of the machine's apt
// would clean the machine's own caches. The sandbox user of apt could not enter
// our directory.
const aptConfig = `Dir::State "%[1]s/state";
Dir::State::status "%[1]s/status";
Dir::Cache "%[1]s/cache";
Dir::Etc::sourcelist "%[1]s/kernel.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
#clear APT::Update;
APT::Sandbox::User "root";
APT::Architecture "amd64";
#clear APT::Architectures;
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
`

const aptSource = `Types: deb
URIs: %s
Suites: %s
Components: main
Architectures: amd64
Targets: Packages
Signed-By: %s
`

// newApt lays out the directory for packages of one suite.
func newApt(dir, uri, suite string) (apt, error) {
	if strings.ContainsAny(dir, "\"\n;") {
		return apt{}, fmt.Errorf("set up apt in %q: choose a cache directory without quotes and semicolons", dir)
	}
	for _, d := range []string{"state/lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return apt{}, fmt.Errorf("set up apt: %w", err)
		}
	}
	files := map[string]string{
		"apt.conf":       fmt.Sprintf(aptConfig, dir),
		"kernel.sources": fmt.Sprintf(aptSource, uri, suite, keyring),
		"status":         "",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return apt{}, fmt.Errorf("set up apt: %w", err)
		}
	}
	return apt{dir}, nil
}

// output runs a command of apt that only looks things up.
func (a apt) output(ctx context.Context, name string, args ...string) (string, error) {
	return run(ctx, a.dir, nil, name, append([]string{"-c", filepath.Join(a.dir, "apt.conf")}, args...)...)
}

// download runs a command of apt that uses the network; progress gets 0 to 1.
// The files of apt-get download land in the directory.
func (a apt) download(ctx context.Context, progress func(float64), args ...string) error {
	conf := filepath.Join(a.dir, "apt.conf")
	args = append([]string{"-q", "-c", conf, "-o", "APT::Status-Fd=3"}, args...)
	_, err := run(ctx, a.dir, progress, "apt-get", args...)
	if err != nil && ctx.Err() == nil && !errors.Is(err, errNoTool) {
		return fmt.Errorf("%w: %s", err, mendNetwork)
	}
	return err
}

// mendNetwork is what to do about a download that failed.
const mendNetwork = "check the network, or name another mirror in " + MirrorEnv

// errNoTool is behind the error of a machine that is not Debian's kind.
var errNoTool = errors.New("kernels come from Debian's packages, on a machine with apt and dpkg")

// run runs a command in a directory and returns what it printed. A failure is
// told in one line: the last one that the command wrote to standard error.
func run(ctx context.Context, dir string, progress func(float64), name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.WaitDelay = 5 * time.Second // for the helpers of one that was cancelled
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if progress != nil {
		r, w, err := os.Pipe()
		if err != nil {
			return "", err
		}
		cmd.ExtraFiles = []*os.File{w}
		done := make(chan struct{})
		go func() {
			defer close(done)
			readStatus(r, progress)
		}()
		defer func() {
			w.Close()
			<-done
			r.Close()
		}()
	}
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("no %s here: %w", name, errNoTool)
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("%s: %s", name, cmp.Or(complaint(stderr.String()), err.Error()))
	}
	return stdout.String(), nil
}

// readStatus reads apt's progress lines, "dlstatus:1:20.5:Retrieving file…".
func readStatus(r io.Reader, progress func(float64)) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.SplitN(lines.Text(), ":", 4)
		if len(fields) < 4 || fields[0] != "dlstatus" {
			continue
		}
		if percent, err := strconv.ParseFloat(fields[2], 64); err == nil {
			progress(percent / 100)
		}
	}
}

// complaint picks from what apt printed the line that says what is wrong: its
// first error, or else its first warning, or else its last line.
func complaint(text string) string {
	var last string
	found := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		last = line
		for _, mark := range []string{"E: ", "W: "} {
			if rest, ok := strings.CutPrefix(line, mark); ok && found[mark] == "" {
				found[mark] = rest
			}
		}
	}
	return cmp.Or(found["E: "], found["W: "], last)
}
