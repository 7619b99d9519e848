package exercise

import (
	"fmt"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// An Expectation is one thing that must be so in the trace of a right answer.
type Expectation struct {
	Want  string // as "no packet leaves before the first write(2)"
	check func(Evidence) Finding
}

// A Finding is what became of an expectation: it is met, or it is not, or it was not proved.
type Finding struct {
	Want     string `json:"want"`
	Met      bool   `json:"met"`
	Unproved bool   `json:"unproved,omitempty"` // it may be so, but what was seen does not show it; Met is false
	Saw      string `json:"saw"`                // what the kernel did; if not met, instead; if not proved, why
	Proof    Proof  `json:"proof,omitzero"`
}

// A Proof is what in the trace shows it. Any part may be missing.
type Proof struct {
	Calls   []trace.Syscall `json:"calls,omitempty"`
	Packets []trace.Packet  `json:"packets,omitempty"`
	Stack   *trace.Stack    `json:"stack,omitempty"`
}

func met(format string, args ...any) Finding {
	return Finding{Met: true, Saw: fmt.Sprintf(format, args...)}
}

func unmet(format string, args ...any) Finding { return Finding{Saw: fmt.Sprintf(format, args...)} }

// unproved is of what cannot be told from what was seen: that refuses, too.
func unproved(format string, args ...any) Finding {
	return Finding{Unproved: true, Saw: fmt.Sprintf(format, args...)}
}

// String is the finding in words: what was expected, and what the kernel saw.
func (f Finding) String() string {
	if f.Unproved {
		return "expected: " + f.Want + "\nnot proved: " + f.Saw
	}
	return "expected: " + f.Want + "\nthe kernel: " + f.Saw
}

// by adds the stack that proves a finding. Where the kernel's stacks were not to be had
// it is nil, and nothing is added.
func (f Finding) by(s *trace.Stack) Finding {
	f.Proof.Stack = s
	return f
}

// packets adds the packets that prove a finding: the first few of them.
func (f Finding) packets(all []trace.Packet) Finding {
	f.Proof.Packets = all[:min(len(all), 4)]
	return f
}

// calls adds the system calls that prove a finding: the first few of them.
func (f Finding) calls(all ...trace.Syscall) Finding {
	f.Proof.Calls = all[:min(len(all), 6)]
	return f
}

// A Result is the judge's verdict on one run.
type Result struct {
	Exercise int            `json:"exercise"`
	Name     string         `json:"name"`
	Title    string         `json:"title"`
	Passed   bool           `json:"passed"`
	Findings []Finding      `json:"findings"`          // up to the first that was not met
	Answers  []Answer       `json:"answers,omitempty"` // what was predicted, and what came
	Ended    string         `json:"ended,omitempty"`   // how the program ended, if not with status 0
	Printed  string         `json:"printed,omitempty"` // by the program
	Lost     uint64         `json:"lost,omitempty"`    // events: what was not seen proves nothing
	Kernel   string         `json:"kernel"`            // release
	Backend  kernel.Backend `json:"backend"`           // by which the probes were attached
	Go       string         `json:"go"`                // of the lab
}

// Judge judges a run of an exercise. It stops at the first expectation that was not met:
// what comes after it rests on it. Predictions are scored once all the rest is right, for
// they are about a program that does what it should; with [Exercise.Strict] they are what
// is to be right.
func (e Exercise) Judge(t *trace.Trace, predicted Prediction) Result {
	r := Result{
		Exercise: e.Number, Name: e.Name, Title: e.Title,
		Ended: t.Target.Ended, Printed: t.Target.Output, Lost: t.Honesty.Lost,
		Kernel: t.Kernel, Backend: t.Backend.Name, Go: t.Go,
	}
	evidence := Evidence{numbered(t), e.Role()}
	for _, x := range slices.Concat([]Expectation{whole, e.counted(), nothingHidden}, e.Expect, []Expectation{comesToEnd}) {
		f := x.check(evidence)
		f.Want = x.Want
		if f.Saw != "" {
			r.Findings = append(r.Findings, f)
		}
		if !f.Met {
			return r
		}
	}
	r.Passed = true
	usual, _ := e.ReadSheet(e.Numbers())
	for _, q := range e.Questions {
		a := q.score(evidence, predicted, usual, e.Strict)
		r.Answers = append(r.Answers, a)
		if e.Strict && !a.Right {
			r.Passed = false
		}
	}
	return r
}

// counted is expected where functions are counted: a hit that the kernel could not deliver
// may have been one of them.
func (e Exercise) counted() Expectation {
	return Expectation{"every call was counted", func(evidence Evidence) Finding {
		if n := evidence.Honesty.Missed; n > 0 && e.NeedsKprobes() {
			return unmet("the kernel missed %s, so the counts prove nothing: check it again", plural(n, "hit"))
		}
		return met("")
	}}
}

// whole and comesToEnd are expected of every run, and are worth no words if they are met. How
// a program ended is its own affair, as long as it did: one that has heard "connection refused" may well say so with status 1.
var (
	whole = Expectation{"all that happened was seen", func(e Evidence) Finding {
		if e.Honesty.Lost > 0 {
			return unmet("%s did not reach the lab, so nothing is proved: the program made more system calls than "+
				"can be recorded (does it print for ever?), or this machine is very busy", plural(e.Honesty.Lost, "event"))
		}
		return met("")
	}}
	comesToEnd = Expectation{"the program comes to an end", func(e Evidence) Finding {
		if e.Target.TimedOut {
			return unmet("it ran on, and the lab ended it")
		}
		return met("")
	}}
)
