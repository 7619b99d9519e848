// Package step is Delve with the kernel beside it: after each step of the program under
// the debugger it shows which kernel functions that step ran, and which packets left.
//
// Delve itself is used as a library, whole. Its server traces the program, and wants to
// hear of every child of the process that it lives in; so it gets a process of its own,
// which is this same binary once more (see [Main]). Its terminal runs here, and talks to
// the server through a client that opens a window in the kernel around each step.
package step

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/go-delve/delve/pkg/config"
	"github.com/go-delve/delve/pkg/terminal"
	"github.com/go-delve/delve/service/api"
	"golang.org/x/term"

	"dialpath/lab/record"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// A Watcher sees what the kernel does, in windows that are opened and closed around each
// step. [record.Recorder] is one.
type Watcher interface {
	Begin() error
	End() (*trace.Trace, error)
	Admit(pid int) error
	Stage(stage.Target) (*stage.Pair, error)
}

// Options say what to step through: exactly one of Workload, Command and PID is set.
type Options struct {
	Workload *workload.Workload
	Command  []string
	PID      int

	// Script is Delve commands to be run instead of asking for them; nil is to ask.
	Script []string
	// Show writes what a step ran in the kernel; all of it, or what a screen holds.
	Show func(w io.Writer, t *trace.Trace, all bool) error
	// Color tells that standard output may be coloured, if it is a terminal.
	Color bool
	// Say tells who is who, in a line.
	Say func(format string, args ...any)
}

// Run debugs the program until the user, or the script, has had enough. The program and
// its children are ended then; one that was running before is let go on. What Delve and
// the program write goes to this process's standard output.
func Run(ctx context.Context, opts Options, kernel Watcher) error {
	d := &debugging{opts: opts, kernel: kernel}
	defer d.close()
	if err := d.start(); err != nil {
		return err
	}
	files, err := writeScripts(opts.Script)
	if err != nil {
		return err
	}
	defer os.RemoveAll(files.dir)
	conf, err := configure(opts, files)
	if err != nil {
		return err
	}
	if opts.Workload != nil && released() {
		remove, err := showSources(conf, opts.Say)
		if err != nil {
			return err
		}
		defer remove()
	}

	// Removed as early as that, they are not left behind even if this process is killed.
	d.client.loaded = func() { os.RemoveAll(files.dir) }
	repl := terminal.New(d.client, conf, false)
	repl.InitFile = files.init
	var status int
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		status, err = repl.Run()
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		// The terminal may be waiting for a key, or for the program, and would not hear of
		// it. It is left as it is, but for its mode; this process is about to end.
		close(d.client.abandoned)
		repl.Close()
		return record.ErrInterrupted
	}
	switch {
	case err != nil:
		return fmt.Errorf("debug: %w", err)
	case d.client.failed != nil:
		return d.client.failed
	case opts.Script != nil && (!d.client.done || d.client.refused):
		return errors.New("debug: a command of the script failed: see above")
	case status != 0:
		return fmt.Errorf("debug: Delve ended with status %d", status)
	}
	return nil
}

// prompt shows the goroutine. To do so, Delve asks for the state before every prompt: that
// is the moment to show what the kernel did.
const prompt = "(dlv g$g) "

// configure returns the user's own configuration of Delve, with our prompt. Delve finds
// some of it by itself, in the environment: whether it writes to a terminal, and where its
// history is kept. A script has no history.
func configure(opts Options, files scripts) (*config.Config, error) {
	if !term.IsTerminal(int(os.Stdout.Fd())) {
		os.Setenv("TERM", "dumb")
	}
	if opts.Script != nil {
		os.Setenv("XDG_CONFIG_HOME", files.dir)
	}
	conf, err := config.LoadConfig() // makes the directory, too
	if err != nil {
		return nil, fmt.Errorf("read Delve's configuration: %w", err)
	}
	conf.Prompt = prompt
	if !opts.Color {
		plain(conf)
	}
	return conf, nil
}

// plain takes the colours out of a configuration.
func plain(conf *config.Config) {
	const none = "\x1b[0m" // nothing at all would mean Delve's own
	conf.SourceListLineColor = none
	for _, color := range []*string{
		&conf.SourceListArrowColor, &conf.SourceListKeywordColor, &conf.SourceListStringColor,
		&conf.SourceListNumberColor, &conf.SourceListCommentColor, &conf.SourceListTabColor,
		&conf.PromptColor, &conf.StackTraceFunctionColor, &conf.StackTraceBasenameColor,
	} {
		*color = none
	}
}

// A debugging is one program under the debugger.
type debugging struct {
	opts   Options
	kernel Watcher
	server *server
	client *client
	pair   *stage.Pair // of a workload
}

// start brings the program to where it becomes interesting, and stops it there.
func (d *debugging) start() (err error) {
	order := order{Attach: d.opts.PID, Command: slices.Clone(d.opts.Command)}
	if d.opts.Command != nil {
		if order.Command[0], err = findProgram(d.opts.Command[0]); err != nil {
			return fmt.Errorf("debug %s: %w", d.opts.Command[0], err)
		}
	}
	if d.opts.Workload != nil {
		if d.pair, err = d.kernel.Stage(stage.Target{Workload: d.opts.Workload, Stdout: os.Stdout}); err != nil {
			return err
		}
		order.Attach = d.pair.Client()
	}
	if d.server, err = startServer(order); err != nil {
		return err
	}
	d.client = newClient(d.server.connect(), d.kernel, d.opts.Show)
	switch {
	case d.pair != nil:
		d.client.leave = d.pair.Kill // let go it would run to its end first
		d.opts.Say("client: process %d, under the debugger; server: process %d, running free at %s",
			d.pair.Client(), d.pair.Server(), d.pair.Address())
		return d.runTo(d.opts.Workload.Function(), d.pair.Release)
	case d.opts.PID != 0:
		d.client.leave = d.client.spare
		return d.kernel.Admit(d.opts.PID)
	}
	d.client.leave = d.client.kill
	if err := d.kernel.Admit(d.client.ProcessPid()); err != nil {
		return err
	}
	return d.runTo("main.main", nil)
}

// runTo lets the program run to a function; release lets it go from where it waits.
// What it does on the way is not watched.
func (d *debugging) runTo(function string, release func() error) error {
	b, err := d.client.CreateBreakpoint(&api.Breakpoint{FunctionName: function})
	if err != nil {
		return fmt.Errorf("stop at %s: %w", function, err)
	}
	stops := d.client.Client.Continue()
	if release != nil {
		if err := release(); err != nil {
			return err
		}
	}
	for state := range stops {
		if state.Err != nil {
			return fmt.Errorf("run to %s: %w", function, state.Err)
		}
		if state.Exited {
			return fmt.Errorf("run to %s: the program ended before, with status %d", function, state.ExitStatus)
		}
	}
	_, err = d.client.ClearBreakpoint(b.ID)
	return err
}

// close ends the debugger, and of the program what is not to be let go on. A workload is
// killed first: its parent, this process, hears of its end only when the debugger has gone.
func (d *debugging) close() {
	if d.pair != nil {
		d.pair.Kill()
	}
	if d.server != nil {
		d.server.close()
	}
	if d.pair != nil {
		d.pair.Close()
	}
}
