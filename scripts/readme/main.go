// Readme makes the output shown on the project's pages anew, so that it is always what
// the program prints. It takes the pages that it is given, or all, and is run in the
// project's folder, after make build:
//
//	go run ./scripts/readme [PAGE...]
//
// A block of output begins with the command that makes it:
//
//	```console
//	$ bin/lab vm -- tour 4
//
// The commands of a page run one after the other, each by a shell of its own, in an empty
// folder that has the project's programs and scripts. What follows a command, up to the
// end of the block, is replaced by its standard output.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"dialpath/scripts/pages"
)

func main() {
	if err := rewriteAll(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// rewriteAll replaces the output on the named pages; on all, if none is named.
func rewriteAll(names []string) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	if len(names) == 0 {
		if names, err = pages.Find(root); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := rewrite(root, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// rewrite replaces the output on a page. If a command fails, the page stays as it was.
func rewrite(root, name string) error {
	path := filepath.Join(root, name)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	desk, err := os.MkdirTemp("", "readme-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(desk)
	if err := furnish(desk, root, filepath.Join(root, "bin")); err != nil {
		return err
	}
	fresh, err := replace(string(text), func(command, _ string) (string, error) {
		fmt.Fprintln(os.Stderr, command)
		return run(desk, root, command)
	})
	if err != nil || fresh == string(text) {
		return err
	}
	return os.WriteFile(path, []byte(fresh), 0o644)
}

// furnish puts into a folder what commands name: the project's programs, as they are in
// bin, and its scripts.
func furnish(desk, root, bin string) error {
	return errors.Join(
		os.Symlink(bin, filepath.Join(desk, "bin")),
		os.Symlink(filepath.Join(root, "scripts"), filepath.Join(desk, "scripts")))
}

const (
	opening = "```console\n$ "
	closing = "```\n"
)

// replace replaces the output of each block by what run returns for its command, and for
// what was shown of it.
func replace(text string, run func(command, shown string) (string, error)) (string, error) {
	var fresh strings.Builder
	for {
		before, block, found := strings.Cut(text, opening)
		fresh.WriteString(before)
		if !found {
			return fresh.String(), nil
		}
		command, rest, _ := strings.Cut(block, "\n")
		shown, after, closed := strings.Cut(rest, closing)
		if !closed {
			return "", fmt.Errorf("the block of %q has no end", command)
		}
		output, err := run(command, shown)
		if err != nil {
			return "", err
		}
		fresh.WriteString(opening + command + "\n" + output + closing)
		text = after
	}
}

// run returns what a command prints on its standard output. A debugger, which shows sources
// relative to where it is run, shows them as it does in the project's folder.
func run(desk, root, command string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Stdout, cmd.Stderr = desk, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", command, err, stderr.String())
	}
	return strings.ReplaceAll(stdout.String(), root+"/", "./"), nil
}
