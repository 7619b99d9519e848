package main

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/export"
	"dialpath/lab/mistake"
	"dialpath/lab/run"
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
func (d *display) outputFlag(cmd *cobra.Command, of string) {
	var names []string
	for _, f := range export.Formats() {
		if f.Of == of {
			names = append(names, f.Name+" ("+f.Tools+")")
		}
	}
	cmd.Flags().StringVarP(&d.output.flag, "output", "o", "text", "write `FORMAT`, or FORMAT=FILE: text, json, "+strings.Join(names, ", "))
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
		return o, mistake.New("-o %s needs the name of a file after the =", flag.Value)
	case toFile && (name == "text" || name == "json"):
		return o, mistake.New("-o %s goes to standard output: write -o %s >%s", name, name, file)
	case name == "text" || name == "json":
		return output{flag: name}, nil
	}
	format, err := export.Lookup(name, flag.Annotations[partOf][0])
	if err != nil {
		return o, mistake.Of(err)
	}
	if format.Binary && !toFile && e.onTerminal() {
		return o, mistake.New("-o %s is not for a terminal: write -o %s=FILE", name, name)
	}
	if toFile {
		if file, err = run.Savable(file); err != nil {
			return o, err
		}
	}
	return output{name, &format, file}, nil
}

// check takes the flag of the output, if it is given. Save is the file in which the traces
// are saved, too; "" for none.
func (d *display) check(cmd *cobra.Command, save string) (err error) {
	flag := cmd.Flag("output")
	if flag == nil || !flag.Changed {
		return nil
	}
	if d.json {
		return mistake.New("--json and -o exclude each other: see %s -h", cmd.CommandPath())
	}
	if d.output, err = d.env.parseOutput(flag); err != nil {
		return err
	}
	d.json = d.output.flag == "json"
	if save != "" && d.output.file != "" && sameFile(save, d.output.file) {
		return mistake.New("-o and --save would both write %s: give each a file of its own", d.output.file)
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

// export writes a trace in the format that was chosen.
func (d *display) export(t *trace.Trace) error {
	if d.output.file == "" {
		return d.output.format.Write(d.env.stdout, t)
	}
	if err := whole.Write(d.output.file, func(w io.Writer) error { return d.output.format.Write(w, t) }); err != nil {
		return err
	}
	return run.GiveBack(d.output.file)
}
