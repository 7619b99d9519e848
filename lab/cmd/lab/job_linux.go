package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"dialpath/lab/mistake"
	"dialpath/lab/run"
	"dialpath/lab/stage"
	"dialpath/lab/vm"
)

// newJob says what a verb takes into a guest, and what it brings back. Mistakes in
// the verb's flags are found before anything is booted.
func newJob(env environment, verb []string) (vm.Job, error) {
	job := vm.Job{Args: verb, Env: inherited(env.environ), Stdout: env.stdout, Stderr: env.stderr}
	root := newRoot(env)
	cmd, rest, err := root.Find(verb)
	switch {
	case err != nil || cmd == root:
		return job, mistake.New("unknown verb %q: see lab -h", verb[0])
	case cmd.Name() == "vm":
		return job, mistake.New("lab vm runs in no guest")
	case cmd.Name() == "exercise" || cmd.Parent().Name() == "exercise":
		return job, mistake.New("your programs stay outside, and only their runs go into a guest: %s exercise check --guest", env.lab)
	}
	err = cmd.ParseFlags(rest)
	flag := cmd.Flags().Changed
	switch {
	case errors.Is(err, pflag.ErrHelp):
		cmd.Help()
		return job, exit(statusDone)
	case err != nil:
		return job, flagError(cmd, err)
	case flag("pid"):
		return job, mistake.New("-p: a guest has none of this machine's processes: trace a command in it, after --")
	case flag("replay"):
		return job, mistake.New("-r: to look at a recording takes no guest: %s %s", env.lab, strings.Join(verb, " "))
	}
	if err := carryFiles(&job, env, cmd); err != nil {
		return job, err
	}
	if cmd.Name() == "compare" {
		carryRecordings(&job, cmd)
	}
	if cmd.Name() == "step" {
		if err := carrySources(&job, cmd); err != nil {
			return job, err
		}
		if !flag("script") {
			converse(&job, env)
		}
	}
	if env.color {
		job.Env = append(job.Env, colorEnv+"=1")
	}
	if env.live {
		job.Env = append(job.Env, liveEnv+"=1")
	}
	return job, carry(&job, env, cmd)
}

// inherited are the variables that a guest has of this machine's environment: all that
// mean the same there. The lab's own are for the lab here, and some are of this very login.
func inherited(environ []string) (env []string) {
	here := []string{"PWD", "OLDPWD", "SHLVL", "_", "XDG_RUNTIME_DIR", "SUDO_UID", "SUDO_GID", "SUDO_USER", "SUDO_COMMAND", colorEnv}
	for _, e := range environ {
		key, _, _ := strings.Cut(e, "=")
		switch {
		case slices.Contains(here, key) || strings.HasPrefix(key, "DIALPATH_"):
			continue
		case key == "PATH":
			e += ":" + vm.Bin
		}
		env = append(env, e)
	}
	return env
}

// A filesOf says which files the value of a flag names: what a guest is given of this
// machine's, and what it brings back.
type filesOf func(environment, *pflag.Flag) (inputs, outputs []string, err error)

// ofFiles are the flags that name files.
var ofFiles = map[string]filesOf{
	"script": func(_ environment, f *pflag.Flag) (inputs, _ []string, _ error) {
		return []string{f.Value.String()}, nil, nil
	},
	"save": func(_ environment, f *pflag.Flag) (_, outputs []string, err error) {
		if err := checkSave(f); err != nil {
			return nil, nil, err
		}
		name, err := run.Savable(f.Value.String())
		return nil, []string{name}, err
	},
	"output": func(env environment, f *pflag.Flag) (_, outputs []string, err error) {
		o, err := env.parseOutput(f)
		if o.file != "" {
			outputs = []string{o.file}
		}
		return nil, outputs, err
	},
}

// carryFiles adds the files that flags name.
func carryFiles(job *vm.Job, env environment, cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		of := ofFiles[f.Name]
		if of == nil || err != nil {
			return
		}
		var inputs, outputs []string
		inputs, outputs, err = of(env, f)
		job.Inputs, job.Outputs = append(job.Inputs, inputs...), append(job.Outputs, outputs...)
	})
	return err
}

// carryRecordings adds the files that a workload is compared with.
func carryRecordings(job *vm.Job, cmd *cobra.Command) {
	for _, arg := range cmd.Flags().Args() {
		ref := run.ParseReference(arg)
		if _, err := os.Stat(ref.From); err == nil && !ref.Own() {
			job.Inputs = append(job.Inputs, ref.From)
		}
	}
}

// converse lets the user talk with the verb: at a terminal, if there is one.
func converse(job *vm.Job, env environment) {
	in, isFile := env.stdin.(*os.File)
	out, hasOut := env.stdout.(*os.File)
	if !isFile || !hasOut || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		job.Stdin = env.stdin
		return
	}
	job.Terminal = in
	if !env.color {
		job.Env = append(job.Env, "NO_COLOR=1")
	}
}

// carrySources adds what a debugger shows of the program: the command's, or, for a
// workload, the lab's own.
func carrySources(job *vm.Job, cmd *cobra.Command) error {
	program, err := os.Executable()
	if _, command := split(cmd, cmd.Flags().Args()); len(command) > 0 {
		program, err = stage.LookPath(command[0])
	}
	if err != nil {
		return err
	}
	job.Inputs = append(job.Inputs, run.Sources(program)...)
	return nil
}

// carry adds the command after the verb's --, if there is one, to the job. Only a
// command reads standard input.
func carry(job *vm.Job, env environment, cmd *cobra.Command) error {
	_, command := split(cmd, cmd.Flags().Args())
	if len(command) == 0 {
		return nil
	}
	program, err := stage.LookPath(command[0])
	if err != nil {
		return err
	}
	if program, err = filepath.Abs(program); err != nil {
		return err
	}
	job.Carry, job.Stdin = []string{program}, env.stdin
	return nil
}
