// Package exercise is the workshop: what to do, what the kernel must see when it is done,
// and the judge. The judge looks at a trace and at nothing else: neither at the source of
// a program nor at what it prints.
//
// To add an exercise is to add a folder in [files], with its text, its program as it is
// handed out, a solution, and wrong answers; and a Go file of the folder's name, with what
// must be so in a trace of a right answer. [All] lists them. See README.md here.
package exercise

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dialpath/lab/plan"
	"dialpath/lab/trace"
)

// An Exercise is one task of the workshop. Its texts are in its folder: see [Text].
type Exercise struct {
	Number int
	Name   string // short, as silent-dial; with the number it is the folder's name
	Theme  string // what it is about, as Reading

	// Peer is the program at the other end: see the package peer. Serves means that the
	// learner's program is the server, and waits for it.
	Peer   string
	Serves bool

	Functions []string // globs of kernel functions whose calls are to be counted: those need kprobes
	Stacks    []string // globs, or parts as "UDP connect", of those whose stacks are to be kept

	GoFunctions []plan.GoFunction // functions of the learner's program itself, each call of which is to be seen

	Questions []Question    // to be answered before the program is run
	Strict    bool          // the answers must be right: to predict is the exercise
	Expect    []Expectation // what must be so, the first thing first

	Text
}

// The themes.
const (
	themeDialing = "Dial and DialUDP"
	themeReading = "Reading"
	themeWeird   = "Weird"
	themeUseful  = "Useful"
)

// serverPort is the article's.
const serverPort = 1337

// Role is the learner's program's.
func (e Exercise) Role() trace.Role {
	if e.Serves {
		return trace.Server
	}
	return trace.Client
}

// Folder is the name of the exercise's folder: 02-silent-dial.
func (e Exercise) Folder() string { return fmt.Sprintf("%02d-%s", e.Number, e.Name) }

// NeedsKprobes tells whether tracepoints do not see enough to grade the exercise.
func (e Exercise) NeedsKprobes() bool { return len(e.Functions) > 0 }

// All returns the exercises, in their order.
func All() []Exercise {
	all := []Exercise{
		threeDials, silentDial, noConnect, twoPeers, noDifference,
		answerAStranger, notForEver, nobodyListens, keepStrangersOut,
		localhost, halfADatagram, doesNotFit, flood, fewerSegments,
		noAllocation, oneCall,
	}
	for i := range all {
		all[i].Text = text(all[i].Folder())
	}
	return all
}

// Lookup returns the exercise of that number or name.
func Lookup(which string) (Exercise, error) {
	all := All()
	number, err := strconv.Atoi(which)
	i := slices.IndexFunc(all, func(e Exercise) bool {
		return err == nil && e.Number == number || e.Name == which || e.Folder() == which
	})
	if i < 0 {
		return Exercise{}, fmt.Errorf("unknown exercise %q: they have the numbers 1 to %d", which, len(all))
	}
	return all[i], nil
}

// plural returns "1 packet", "2 packets".
func plural[N int | uint64 | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func join(words []string) string { return strings.Join(words, ", ") }
