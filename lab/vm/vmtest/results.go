package vmtest

import (
	"strings"
	"testing"
)

// result is a test that ran in a guest, with its subtests.
type result struct {
	name    string // its own, without its parents'
	verdict string // PASS, FAIL, SKIP, or empty when it did not end
	took    string // as the testing package has it: (1.23s)
	log     strings.Builder
	subs    []*result
}

// results are the tests of one run. The root stands for the binary itself: what
// it printed belongs to no test.
type results struct{ root result }

// marker precedes each line of the testing package's own in the output of
// -test.v=test2json, so that nothing a test prints can be taken for one.
const marker = "\x16"

// parse reads the output of a test binary.
func parse(output string) *results {
	r := new(results)
	current := &r.root
	for piece := range strings.SplitSeq(output, marker) {
		line, text := piece, ""
		if i := strings.IndexByte(piece, '\n'); i >= 0 {
			line, text = piece[:i], piece[i+1:]
		}
		word, rest, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
		verb, rest, _ := strings.Cut(rest, " ")
		rest = strings.TrimLeft(rest, " ")
		switch {
		case word == "===" && (verb == "RUN" || verb == "NAME" || verb == "CONT"):
			current = r.at(rest)
		case word == "===":
		case word == "---" && strings.HasSuffix(verb, ":"):
			name, took, _ := strings.Cut(rest, " ")
			current = r.at(name)
			current.verdict, current.took = strings.TrimSuffix(verb, ":"), took
		default:
			text = piece
		}
		current.log.WriteString(text)
	}
	return r
}

// at returns the test of a full name, made if it is new.
func (r *results) at(name string) *result {
	at := &r.root
	if name == "" {
		return at
	}
	for _, part := range strings.Split(name, "/") {
		at = at.sub(part)
	}
	return at
}

func (r *result) sub(name string) *result {
	for _, s := range r.subs {
		if s.name == name {
			return s
		}
	}
	s := &result{name: name}
	r.subs = append(r.subs, s)
	return s
}

// find returns the test of a full name, or nil.
func (r *results) find(name string) *result {
	at := &r.root
next:
	for _, part := range strings.Split(name, "/") {
		for _, s := range at.subs {
			if s.name == part {
				at = s
				continue next
			}
		}
		return nil
	}
	return at
}

// replay makes t what the test of its name was in the guest. It returns whether
// the failure of any test explains a failed run.
func (r *results) replay(t *testing.T) (failed bool) {
	t.Helper()
	if found := r.find(t.Name()); found != nil {
		return found.replay(t)
	}
	return false
}

func (r *result) replay(t *testing.T) (failed bool) {
	t.Helper()
	for _, sub := range r.subs {
		t.Run(sub.name, func(t *testing.T) {
			failed = sub.replay(t) || failed
		})
	}
	log := strings.TrimRight(r.log.String(), "\n")
	if log != "" {
		t.Log("\n" + log)
	}
	switch r.verdict {
	case "PASS":
		t.Log("in the guest " + r.took)
		return failed
	case "SKIP":
		t.Skip("skipped in the guest")
	case "":
		t.Error("it did not end in the guest")
	default:
		if !t.Failed() { // as it has when a subtest has
			t.Error("failed in the guest")
		}
	}
	return r.verdict != "SKIP"
}

// plain is output as a person reads it.
func plain(output string) string {
	return strings.ReplaceAll(output, marker, "")
}
