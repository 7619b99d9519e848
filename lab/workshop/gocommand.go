package workshop

import (
	"errors"
	"fmt"
	"go/build"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"dialpath/lab/exercise"
)

// findGo finds a Go command for programs that need that version of Go, as "1.23": the one
// in PATH; where sudo has changed PATH, the one in its usual place; and where these are
// too old, the one that built this lab, which the lab's set-up may have fetched for that
// alone (see scripts/go.sh).
func findGo(need string) (string, error) {
	candidates := []string{"go", "/usr/local/go/bin/go"}
	if root := build.Default.GOROOT; root != "" { // unknown to a lab that came in a workshop's pack
		candidates = append(candidates, filepath.Join(root, "bin", "go"))
	}
	return chooseGo(need, candidates...)
}

// chooseGo returns the first that is new enough. From 1.21 on one that is not may fetch
// another, or says itself why it does not.
func chooseGo(need string, candidates ...string) (string, error) {
	var tooOld, fetches string
	for _, name := range candidates {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		found := versionOf(path)
		switch {
		case version.Compare(found, "go"+need) >= 0:
			return path, nil
		case fetches == "" && version.Compare(found, "go1.21") >= 0:
			fetches = path
		case tooOld == "":
			tooOld = found
		}
	}
	switch {
	case fetches != "":
		return fetches, nil
	case tooOld != "":
		return "", fmt.Errorf("build the program: %s is too old for it: install Go %s or later, see go.dev/doc/install, or build the lab anew by make build, which fetches one", tooOld, need)
	}
	return "", errors.New("build the program: there is no go command in PATH: install Go, see go.dev/doc/install")
}

// versionOf returns a Go command's version.
func versionOf(path string) string {
	// It may be followed by what that Go was built with.
	found, _, _ := strings.Cut(goEnv(path, "GOVERSION"), " ")
	return found
}

// goEnv asks a Go command for a setting, where no go.mod sends it for another. It is "" if
// the command does not know it.
func goEnv(path, name string) string {
	cmd := exec.Command(path, "env", name)
	cmd.Dir = "/"
	cmd.Env = os.Environ()
	runAsCaller(cmd)
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}

// needed returns the version of Go that the program in a folder needs, as its go.mod says.
func needed(dir string) string {
	text, _ := os.ReadFile(filepath.Join(dir, "go.mod"))
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "go" {
			return fields[1]
		}
	}
	return exercise.Go
}
