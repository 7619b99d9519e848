package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/mistake"
	"dialpath/lab/run"
	"dialpath/lab/version"
	"dialpath/lab/whole"
)

func newMan(env environment) *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the manual's pages: one for each verb",
		Long: `Man writes into a folder a page of the manual for the lab and for each verb: what
their help says, in the form that man reads. It is for those who make packages.`,
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return mistake.New("man takes the one folder to write the pages to")
			}
			return writePages(cmd.Root(), args[0])
		},
	}
}

// writePages writes the pages of a command and of those below it.
func writePages(cmd *cobra.Command, dir string) error {
	name := filepath.Join(dir, pageOf(cmd)+".1")
	err := whole.Write(name, func(w io.Writer) error {
		_, err := io.WriteString(w, page(cmd))
		return err
	})
	if err != nil {
		return fmt.Errorf("write the page %s: %w", name, err)
	}
	if err := run.GiveBack(name); err != nil {
		return err
	}
	for _, verb := range cmd.Commands() {
		if !verb.IsAvailableCommand() {
			continue
		}
		if err := writePages(verb, dir); err != nil {
			return err
		}
	}
	return nil
}

// pageOf is the name of a command's page: lab-exercise-check.
func pageOf(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// page is a command's page of the manual. It has no date, so that the same lab has the same
// pages.
func page(cmd *cobra.Command) string {
	cmd.InitDefaultHelpFlag()
	var p troff
	p.macro("TH", strings.ToUpper(pageOf(cmd)), "1", "", "dialpath "+version.Lab(), "Dialpath")
	p.macro("SH", "NAME")
	p.text(pageOf(cmd) + " - " + cmd.Short)
	p.macro("SH", "SYNOPSIS")
	p.text(cmd.UseLine())
	p.macro("SH", "DESCRIPTION")
	for i, part := range strings.Split(cmd.Long, "\n\n") {
		if i > 0 {
			p.macro("PP")
		}
		p.paragraph(part)
	}
	p.macro("SH", "OPTIONS")
	cmd.LocalFlags().VisitAll(p.flag)
	if cmd.HasExample() {
		p.macro("SH", "EXAMPLES")
		p.asItIs(cmd.Example)
	}
	p.macro("SH", "SEE ALSO")
	p.text(strings.Join(relatives(cmd), ", "))
	return p.String()
}

// relatives are the pages of the command above and of those below.
func relatives(cmd *cobra.Command) (pages []string) {
	if cmd.HasParent() {
		pages = append(pages, pageOf(cmd.Parent())+"(1)")
	}
	for _, verb := range cmd.Commands() {
		if verb.IsAvailableCommand() {
			pages = append(pages, pageOf(verb)+"(1)")
		}
	}
	return pages
}

// troff is a text in the language of man's pages: see man-pages(7) and groff_man(7).
type troff struct{ strings.Builder }

// macro writes a request, with its arguments in quotes.
func (p *troff) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, arg := range args {
		p.WriteString(` "` + strings.ReplaceAll(escape(arg), `"`, `\(dq`) + `"`)
	}
	p.WriteString("\n")
}

// text writes lines that are filled and broken anew.
func (p *troff) text(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		// Where a line begins with one of these it would be a request.
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			p.WriteString(`\&`)
		}
		p.WriteString(escape(line) + "\n")
	}
}

// asItIs writes lines that stay as they are.
func (p *troff) asItIs(text string) {
	p.macro("nf")
	p.text(text)
	p.macro("fi")
}

// paragraph writes a part of a help text. Lists in it are indented, and stay as they are.
func (p *troff) paragraph(text string) {
	if strings.HasPrefix(text, "  ") {
		p.asItIs(text)
		return
	}
	p.text(text)
}

// flag writes what a flag is for.
func (p *troff) flag(f *pflag.Flag) {
	value, usage := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	p.macro("TP")
	p.text(strings.TrimSpace(name + " " + value))
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" && f.DefValue != "[]" {
		usage += " (default " + f.DefValue + ")"
	}
	p.text(usage)
}

// escape makes text stand for itself: backslashes, and the hyphens of options, which are
// to be found and copied as such.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
}
