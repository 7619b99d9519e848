package vm

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/creack/pty"
)

// Job is one command to run in a guest.
type Job struct {
	// Program is the command: empty for the guest's own binary, or a program of
	// the host, which is carried in like those of Carry.
	Program string
	// Args are the command's arguments, without its own name.
	Args []string
	// Env is the command's whole environment. PATH and HOME are added when it
	// has none, and [GuestEnv] always; the directories of HOME and TMPDIR are made.
	Env []string
	// Dir is the command's working directory in the guest, made there when it is
	// missing. Empty means the working directory of this process, so relative
	// names mean the same inside and outside.
	Dir string
	// Carry are programs of the host that the command needs: each is there in
	// the guest, at its own path, with its interpreter and its libraries. What it
	// opens by itself later is not: name it in Inputs or With.
	Carry []string
	// Inputs are files of the host that the command reads. They are in the guest
	// under their own names.
	Inputs []string
	// With are files and directories besides: a directory comes with all that is in it,
	// a program with what it needs to run.
	With []string
	// Outputs are files that the command writes. Each is brought back to its own
	// name on the host, whole or not at all. A command that ends with status 0
	// must have written them.
	Outputs []string
	// Firewall loads what iptables needs to log packets, if the kernel has it.
	Firewall bool
	// Stdin is the command's standard input: nil means none. It is read only as
	// far as the guest asks for it, and a read that blocks may outlast Run.
	Stdin io.Reader
	// Terminal is a terminal of the host's that becomes the command's: it gets one of the
	// guest's, of the same size at all times, and every key that is typed, Ctrl-C too.
	// Stdin, Stdout and Stderr are not used then. nil means none.
	Terminal *os.File
	// Stdout and Stderr take what the command writes; nil throws it away.
	Stdout, Stderr io.Writer
	// Signals brings what the command's process group is to get, as SIGINT. The
	// second one ends the guest at once. May be nil; must not be closed.
	Signals <-chan os.Signal
}

// GuestEnv is in the environment of a command in a guest, with the value "1".
const GuestEnv = "DIALPATH_GUEST"

// InGuest tells whether this process runs inside a guest.
func InGuest() bool { return os.Getenv(GuestEnv) == "1" }

// Bin is the directory in which a guest has the lab.
const Bin = "/.dialpath"

// Where a guest keeps what belongs to the lab. The kernel starts initLink.
const (
	initLink  = "/init"
	labPath   = Bin + "/lab"
	orderPath = "/.dialpath/order.json"
	loadDir   = "/.dialpath/modules"
)

// order is what init is to do: the [Job] in the words of the guest.
type order struct {
	Path  string   `json:"path"`
	Args  []string `json:"args"` // with the command's own name first
	Env   []string `json:"env"`
	Dir   string   `json:"dir"`
	Stdin bool     `json:"stdin"`
	// Terminal is the size of the command's terminal; nil if it is to have none.
	Terminal *pty.Winsize `json:"terminal"`
	Outputs  []string     `json:"outputs"`
	Modules  []string     `json:"modules"` // in load order
	Dirs     []string     `json:"dirs"`    // to be made, where that can be
	Needs    []need       `json:"needs"`   // what the processor must be for the programs
}

// order makes all names of the job absolute and fills in its defaults.
func (j Job) order() (order, error) {
	o := order{Path: labPath, Env: guestEnv(j.Env), Dir: j.Dir, Stdin: j.Stdin != nil}
	if j.Terminal != nil {
		size, err := pty.GetsizeFull(j.Terminal)
		if err != nil {
			return order{}, fmt.Errorf("measure the terminal: %w", err)
		}
		o.Terminal = size
	}
	name := "lab"
	if j.Program != "" {
		path, err := filepath.Abs(j.Program)
		if err != nil {
			return order{}, fmt.Errorf("run %s: %w", j.Program, err)
		}
		o.Path, name = path, j.Program
	}
	o.Args = append([]string{name}, j.Args...)
	dir, err := filepath.Abs(j.Dir)
	if err != nil {
		return order{}, fmt.Errorf("find the working directory: %w", err)
	}
	o.Dir = dir
	for _, e := range o.Env {
		key, value, _ := strings.Cut(e, "=")
		if (key == "HOME" || key == "TMPDIR") && filepath.IsAbs(value) {
			o.Dirs = append(o.Dirs, value)
		}
	}
	for _, out := range j.Outputs {
		path, err := inside(out)
		if err != nil {
			return order{}, err
		}
		// Better now than when the work is done.
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return order{}, fmt.Errorf("bring %s back: %w", out, err)
		}
		o.Outputs = append(o.Outputs, path)
	}
	return o, nil
}

// command is what the job runs, for messages: as it is typed, or its beginning.
func (j Job) command() string {
	const most = 60 // columns
	text := []rune(strings.Join(append([]string{cmp.Or(j.Program, "lab")}, j.Args...), " "))
	if len(text) > most {
		return string(text[:most-1]) + "…"
	}
	return string(text)
}

// inside is the name of a host's file in the guest: its absolute one. Below a
// mount point of the guest no file of the host can be.
func inside(name string) (string, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	for _, top := range []string{"/proc", "/sys", "/dev"} {
		if path == top || strings.HasPrefix(path, top+"/") {
			return "", fmt.Errorf("carry %s: the guest has its own %s: name a regular file elsewhere", name, top)
		}
	}
	return path, nil
}

// guestEnv adds what every command in a guest has.
func guestEnv(env []string) []string {
	env = append([]string(nil), env...)
	for _, def := range []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:" + Bin,
		"HOME=/root",
	} {
		key, _, _ := strings.Cut(def, "=")
		if !hasKey(env, key) {
			env = append(env, def)
		}
	}
	return append(env, GuestEnv+"=1")
}

func hasKey(env []string, key string) bool {
	for _, e := range env {
		if k, _, _ := strings.Cut(e, "="); k == key {
			return true
		}
	}
	return false
}
