package step

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// kernelCommand is Delve's command kernel. A function command_NAME becomes a command, and
// its documentation the command's help.
const kernelCommand = `
def command_kernel(args):
	"""Shows what the last step ran in the kernel.

	kernel        the functions, as a tree, and the packets that left
	kernel all    the same, however long
	kernel off    do not show it after each step
	kernel on     show it after each step, as at the beginning

A number after × says how often the function ran. Functions without one were on the way to
others; they were not watched themselves. What ran in a softirq is the kernel's own work:
it only used the thread.
"""
	for line in functions("` + kernelPrefix + `" + args).Funcs:
		print(line)
`

// loaded says that Delve has opened all files, and needs them by name no more.
const loaded = `functions("` + kernelPrefix + `loaded")
`

// scriptRunner runs the commands of a script as if they had been typed.
const scriptRunner = loaded + `
def main():
	for line in %s:
		print("(dlv) " + line)
		ended = dlv_command(line)
		if ended:
			print(ended)
		for shown in functions("` + kernelPrefix + `pending").Funcs:
			print(shown)
	functions("` + kernelPrefix + `done")
`

// scripts are the files that Delve begins with.
type scripts struct{ dir, init string }

// writeScripts writes the files. The source at the first stop is listed before the first
// prompt.
func writeScripts(script []string) (scripts, error) {
	dir, err := os.MkdirTemp("", "dialpath-step-")
	if err != nil {
		return scripts{}, fmt.Errorf("prepare Delve: %w", err)
	}
	s := scripts{dir, filepath.Join(dir, "init.dlv")}
	kernel, runner := filepath.Join(dir, "kernel.star"), filepath.Join(dir, "script.star")
	files := map[string]string{kernel: kernelCommand + loaded}
	begin := []string{"source " + kernel, "list"}
	if script != nil {
		files[kernel] = kernelCommand
		files[runner] = fmt.Sprintf(scriptRunner, starlarkList(script))
		begin = append(begin, "source "+runner, "exit")
	}
	files[s.init] = strings.Join(begin, "\n") + "\n"
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			os.RemoveAll(dir)
			return scripts{}, fmt.Errorf("prepare Delve: %w", err)
		}
	}
	return s, nil
}

// ReadScript returns the commands of a script: its lines, without comments and empty ones.
// Without any it is empty, not nil.
func ReadScript(name string) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the script: %w", err)
	}
	commands := []string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			commands = append(commands, line)
		}
	}
	return commands, nil
}

func starlarkList(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = strconv.Quote(item)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
