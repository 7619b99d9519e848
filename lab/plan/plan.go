// Package plan says what is to be watched while something runs, and for which purpose. It
// is data: it neither attaches a probe nor looks at what came of it.
package plan

import (
	"fmt"
	"path"
	"slices"
)

// A Plan is what is to be watched. The zero Plan watches nothing.
type Plan struct {
	Functions []string `json:"patterns,omitempty"` // globs of functions whose calls to count
	Stacks    []string `json:"stacks,omitempty"`   // globs, or parts as "UDP connect", of those whose stacks to keep, too

	Hooks    bool `json:"hooks,omitempty"` // each call of the article's functions
	Packets  bool `json:"packets,omitempty"`
	Syscalls bool `json:"syscalls,omitempty"`
	Timeline bool `json:"timeline,omitempty"` // the time of each call, of softirqs and of wake-ups

	GoFunctions []GoFunction `json:"goFunctions,omitempty"` // of the traced program's own, each call of them

	Strict bool `json:"strict,omitempty"` // without kprobes it is of no use
	Typed  bool `json:"typed,omitempty"`  // the names are the user's: each must match something
}

// A GoFunction is a function of the traced program's own.
type GoFunction struct {
	Name string `json:"name"`           // or a glob of names: runtime.mallocgc
	Text bool   `json:"text,omitempty"` // its first argument is a string; otherwise, a number
}

// With returns a plan that watches what either does: for those who attach once for both.
func (p Plan) With(q Plan) Plan {
	return Plan{
		Functions:   union(p.Functions, q.Functions),
		Stacks:      union(p.Stacks, q.Stacks),
		Hooks:       p.Hooks || q.Hooks,
		Packets:     p.Packets || q.Packets,
		Syscalls:    p.Syscalls || q.Syscalls,
		Timeline:    p.Timeline || q.Timeline,
		GoFunctions: union(p.GoFunctions, q.GoFunctions),
		Strict:      p.Strict || q.Strict,
		Typed:       p.Typed || q.Typed,
	}
}

func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// Names returns the globs and parts of all functions that are watched.
func (p Plan) Names() []string { return slices.Concat(p.Functions, p.Stacks) }

// CheckNames finds what can be no name of a function, and no glob of names.
func CheckNames(names []string) error {
	for _, name := range names {
		if _, err := path.Match(name, ""); err != nil || name == "" {
			return fmt.Errorf("%q is no pattern: names are like udp_sendmsg, globs like 'udp_*'", name)
		}
	}
	return nil
}
