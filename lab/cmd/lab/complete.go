package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/exercise"
	"dialpath/lab/explain"
	"dialpath/lab/export"
	"dialpath/lab/kernel"
	"dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/workload"
)

// A candidate is a word that a shell may complete, and what it means.
type candidate struct{ word, meaning string }

// choices are the candidates for an argument, or for a flag's value, of which the user has
// typed the beginning. Not all of them need begin so.
type choices func(cmd *cobra.Command, begun string) []candidate

// ofArguments says what the arguments of each verb are: how many of them, if not any number,
// and which words are to choose from. Without any, the shell completes names of files.
var ofArguments = map[string]struct {
	most    int
	choices choices
}{
	"tour":              {choices: claims},
	"compare":           {2, operandWords},
	"count":             {choices: functions},
	"stack":             {choices: functions},
	"packets":           {},
	"hooks":             {},
	"timeline":          {1, workloads},
	"explain":           {choices: functions},
	"record":            {choices: workloads},
	"run":               {1, workloads},
	"step":              {1, workloads},
	"watch":             {choices: functions},
	"exercise":          {},
	"exercise start":    {1, exercises},
	"exercise check":    {1, exercises},
	"exercise watch":    {1, exercises},
	"exercise hint":     {1, exercises},
	"exercise solution": {1, exercises},
	"exercise reset":    {1, exercises},
	"exercise export":   {},
	"exercise board":    {},
	"doctor":            {},
	"vm":                {}, // its own: see guestWords
	"version":           {},
	"man":               {},
	"completion":        {1, fixed("bash", "zsh", "fish")},
}

// ofFlags says what the values of flags are, which mean the same for all verbs.
var ofFlags = map[string]choices{
	"workload": workloads,
	"replay":   references,
	"backend":  backends,
	"kernel":   fixed(recordings.Kernels()...),
	"accel":    fixed("auto", "kvm", "tcg"),
	"output":   formats,
}

// complete tells the shell which words are possible, for all verbs and flags of the lab.
func complete(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		complete(cmd)
	}
	if of := ofArguments[verbOf(root)]; root.ValidArgsFunction == nil {
		root.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if of.choices == nil || of.most > 0 && len(args) >= of.most {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return offer(of.choices, cmd, begun)
		}
	}
	root.Flags().VisitAll(func(f *pflag.Flag) {
		if of := ofFlags[f.Name]; of != nil && f.Value.Type() != "bool" {
			root.RegisterFlagCompletionFunc(f.Name, func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
				return offer(of, cmd, begun)
			})
		}
	})
}

// verbOf is a command as it is called, without the lab before: exercise check.
func verbOf(cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()), " ")
}

// offer returns the words that begin as the user has begun. Where there is none, the shell
// may try the names of files.
func offer(of choices, cmd *cobra.Command, begun string) (all []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, c := range of(cmd, begun) {
		if strings.HasPrefix(c.word, begun) {
			all = append(all, cobra.CompletionWithDesc(c.word, c.meaning))
		}
	}
	return all, cobra.ShellCompDirectiveDefault
}

// fixed offers the same words whatever is begun.
func fixed(all ...string) choices {
	return func(*cobra.Command, string) (found []candidate) {
		for _, word := range all {
			found = append(found, candidate{word, ""})
		}
		return found
	}
}

func backends(*cobra.Command, string) []candidate {
	all := []candidate{{"auto", ""}}
	for _, b := range kernel.Backends() {
		all = append(all, candidate{string(b), ""})
	}
	return all
}

func workloads(*cobra.Command, string) (all []candidate) {
	for _, w := range workload.All() {
		all = append(all, candidate{w.Name, w.Title})
	}
	return all
}

func claims(*cobra.Command, string) (all []candidate) {
	for _, c := range tour.Claims() {
		all = append(all, candidate{fmt.Sprint(c.Number), c.Title})
	}
	return all
}

func exercises(*cobra.Command, string) (all []candidate) {
	for _, e := range exercise.All() {
		all = append(all, candidate{e.Name, fmt.Sprintf("%d: %s", e.Number, e.Title)})
	}
	return all
}

// functions are those that the lab can explain. They are too many for who has typed
// nothing.
func functions(_ *cobra.Command, begun string) (all []candidate) {
	if begun == "" {
		return nil
	}
	for _, name := range explain.Names() {
		all = append(all, candidate{name, explain.Function(name)})
	}
	return all
}

// references are the kernels of the lab's own recordings, and after a colon the workloads.
func references(cmd *cobra.Command, begun string) (all []candidate) {
	from, _, colon := strings.Cut(begun, ":")
	if colon {
		for _, w := range workloads(cmd, "") {
			all = append(all, candidate{from + ":" + w.word, w.meaning})
		}
		return all
	}
	for _, kernel := range recordings.Kernels() {
		all = append(all, candidate{kernel, "recorded on Linux " + kernel})
	}
	return all
}

// operandWords are what can be compared.
func operandWords(cmd *cobra.Command, begun string) []candidate {
	return append(workloads(cmd, begun), references(cmd, begun)...)
}

// formats are those of the part of a trace that the verb shows.
func formats(cmd *cobra.Command, _ string) []candidate {
	all := []candidate{{"text", ""}, {"json", ""}}
	for _, f := range export.Formats() {
		if f.Of == cmd.Flag("output").Annotations[partOf][0] {
			all = append(all, candidate{f.Name, f.Tools})
		}
	}
	return all
}

func verbNames(cmd *cobra.Command, _ string) (all []candidate) {
	for _, verb := range cmd.Root().Commands() {
		if verb.IsAvailableCommand() {
			all = append(all, candidate{verb.Name(), verb.Short})
		}
	}
	return all
}

// guestWords are those that the lab in a guest would offer: it is asked here. Some verbs
// are for outside alone.
func guestWords(env environment, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out strings.Builder
	env.stdout, env.stderr = &out, io.Discard
	root := newRoot(env)
	root.SetArgs(slices.Concat([]string{cobra.ShellCompRequestCmd}, args, []string{begun}))
	if root.Execute() != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	last := len(lines) - 1 // says, by a number, what the shell may do besides
	directive, err := strconv.Atoi(strings.TrimPrefix(lines[last], ":"))
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	outside := func(line string) bool {
		verb, _, _ := strings.Cut(line, "\t")
		return len(args) == 0 && slices.Contains([]string{"vm", "exercise", "help"}, verb)
	}
	return slices.DeleteFunc(lines[:last], outside), cobra.ShellCompDirective(directive)
}
