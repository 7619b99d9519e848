package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"dialpath/lab/export"
	"dialpath/lab/trace"
	"dialpath/lab/whole"
)

// An output is a format of another tool, and the file to write it to.
type output struct {
	flag   string // as given: FORMAT or FORMAT=FILE
	format *export.Format
	file   string // "" for standard output
}

// outputFlag declares the flag by which another format is chosen, for verbs that show that
// part of a trace.
func (s *source) outputFlag(cmd *cobra.Command, of string) {
	var names []string
	for _, f := range export.Formats() {
		if f.Of == of {
			names = append(names, f.Name+" ("+f.Tools+")")
		}
	}
	cmd.Flags().StringVarP(&s.output.flag, "output", "o", "text", "write `FORMAT`, or FORMAT=FILE: text, json, "+strings.Join(names, ", "))
	cmd.Flags().SetAnnotation("output", partOf, []string{of})
}

// partOf is the note on the flag that says of which part of a trace it is.
const partOf = "part"

// parseOutput reads the flag. It finds out, before anything is recorded or booted, whether
// the output can be written. Of text and JSON the format is nil.
func (e environment) parseOutput(flag *pflag.Flag) (o output, err error) {
	name, file, toFile := strings.Cut(flag.Value.String(), "=")
	switch {
	case toFile && file == "":
		return o, usagef("-o %s needs the name of a file after the =", flag.Value)
	case toFile && (name == "text" || name == "json"):
		return o, usagef("-o %s goes to standard output: write -o %s >%s", name, name, file)
	case name == "text" || name == "json":
		return output{flag: name}, nil
	}
	format, err := export.Lookup(name, flag.Annotations[partOf][0])
	if err != nil {
		return o, usageError{err}
	}
	if format.Binary && !toFile && e.onTerminal() {
		return o, usagef("-o %s is not for a terminal: write -o %s=FILE", name, name)
	}
	if toFile {
		if file, err = savable(file); err != nil {
			return o, err
		}
	}
	return output{name, &format, file}, nil
}

// checkOutput takes the flag, if it is given.
func (s *source) checkOutput(cmd *cobra.Command) (err error) {
	if !cmd.Flags().Changed("output") {
		return nil
	}
	if s.json {
		return usagef("--json and -o exclude each other: see %s -h", cmd.CommandPath())
	}
	if s.output, err = s.env.parseOutput(cmd.Flag("output")); err != nil {
		return err
	}
	s.json = s.output.flag == "json"
	if s.save != "" && s.output.file != "" && sameFile(s.save, s.output.file) {
		return usagef("-o and --save would both write %s: give each a file of its own", s.output.file)
	}
	return nil
}

// sameFile tells whether two names are those of one file, which need not be there.
func sameFile(a, b string) bool {
	names := []string{a, b}
	for i, name := range names {
		if real, err := filepath.EvalSymlinks(name); err == nil {
			name = real
		}
		names[i], _ = filepath.Abs(name) // fails where there is no directory to work in
	}
	return names[0] == names[1]
}

// onTerminal tells whether standard output is a terminal.
func (e environment) onTerminal() bool {
	f, ok := e.stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// export writes a trace in the format that was chosen.
func (s *source) export(t *trace.Trace) error {
	if s.output.file == "" {
		return s.output.format.Write(s.env.stdout, t)
	}
	if err := whole.Write(s.output.file, func(w io.Writer) error { return s.output.format.Write(w, t) }); err != nil {
		return err
	}
	return giveBack(s.output.file)
}
