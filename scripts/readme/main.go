// Readme makes the output shown in the README anew, so that it is always what the
// program prints.
//
//	go run ./scripts/readme README.md
//
// A block of output begins with the command that makes it:
//
//	```console
//	$ bin/lab vm -- tour 4
//
// The command runs in the directory of the README, by a shell; what follows it up
// to the end of the block is replaced by its standard output.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: readme README.md")
		os.Exit(2)
	}
	if err := rewrite(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// rewrite replaces the output in the named file. If a command fails, the file stays
// as it was.
func rewrite(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	fresh, err := replace(string(text), func(command, _ string) (string, error) {
		fmt.Fprintln(os.Stderr, command)
		return run(filepath.Dir(name), command)
	})
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(fresh), 0o644)
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

// run returns what a command prints on its standard output.
func run(dir, command string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", command, err, stderr.String())
	}
	return stdout.String(), nil
}
