package workshop

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"dialpath/lab/exercise"
)

// Progress is what a learner has done, by the exercises' names.
type Progress map[string]Record

// A Record is what a learner has done of one exercise.
type Record struct {
	Passed bool      `json:"passed"`
	Checks int       `json:"checks"` // runs that were judged, until it passed
	Hints  int       `json:"hints"`  // that were shown
	First  []Guess   `json:"first"`  // what was predicted when the numbers were first told
	Kernel string    `json:"kernel"` // release, of the last check
	At     time.Time `json:"at"`     // of the last check, or of the start; to the millisecond
}

// A Guess is a prediction, and what came.
type Guess struct {
	Key       string `json:"key"` // of the question
	Predicted *int   `json:"predicted"`
	Counted   int    `json:"counted"`
	Right     bool   `json:"right"`
}

// Right returns how many of the first predictions were right.
func (r Record) Right() int {
	n := 0
	for _, g := range r.First {
		if g.Right {
			n++
		}
	}
	return n
}

// progressName is the file with the progress.
const progressName = "progress.txt"

const progressHead = `# What you have done in the workshop. The lab writes this; to begin an exercise
# anew, delete its line.
#
`

// The first predictions are a list without spaces: packets-sent=3/1 is one of 3, where 1
// was counted; = instead of / before the last number means that it was right all the same.
var columns = []string{"#exercise", "state", "checks", "hints", "kernel", "at", "predictions"}

// Is tells whether a directory is a learner's folder: there is progress in it.
func Is(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, progressName))
	return err == nil
}

// Progress reads the progress. There is none in a folder that is new.
func (f Folder) Progress() (Progress, error) {
	p := make(Progress)
	name := filepath.Join(f.Dir, progressName)
	text, err := readFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read progress: %w", err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, record, err := parseRecord(strings.Fields(line))
		if err != nil {
			return nil, fmt.Errorf("read progress: %s, line %d: %w: delete the line", filepath.Join(f.Dir, progressName), i+1, err)
		}
		p[name] = record
	}
	return p, nil
}

func parseRecord(fields []string) (name string, r Record, err error) {
	if len(fields) != len(columns) {
		return "", r, fmt.Errorf("it has %d columns, not %d", len(fields), len(columns))
	}
	r.Passed = fields[1] == "passed"
	for i, n := range []*int{&r.Checks, &r.Hints} {
		if *n, err = strconv.Atoi(fields[2+i]); err != nil || *n < 0 {
			return "", r, fmt.Errorf("%s is no number of %s", fields[2+i], columns[2+i])
		}
	}
	if fields[4] != none {
		r.Kernel = fields[4]
	}
	if r.At, err = time.Parse(time.RFC3339, fields[5]); err != nil {
		return "", r, fmt.Errorf("%s is no time", fields[5])
	}
	r.First, err = parseGuesses(fields[6])
	return fields[0], r, err
}

const (
	none       = "-"
	timeFormat = "2006-01-02T15:04:05.000Z07:00" // RFC 3339
)

func parseGuesses(list string) ([]Guess, error) {
	if list == none {
		return nil, nil
	}
	var all []Guess
	for one := range strings.SplitSeq(list, ",") {
		g, err := parseGuess(one)
		if err != nil {
			return nil, fmt.Errorf("%s is no prediction", one)
		}
		all = append(all, g)
	}
	return all, nil
}

func parseGuess(text string) (g Guess, err error) {
	key, numbers, _ := strings.Cut(text, "=")
	at := strings.IndexAny(numbers, "/=")
	if at < 0 {
		return g, errors.New("no numbers")
	}
	g.Key = key
	if g.Counted, err = strconv.Atoi(numbers[at+1:]); err != nil {
		return g, err
	}
	if predicted := numbers[:at]; predicted != none {
		n, err := strconv.Atoi(predicted)
		if err != nil {
			return g, err
		}
		g.Predicted = &n
		g.Right = n == g.Counted || numbers[at] == '='
	}
	return g, nil
}

func (g Guess) String() string {
	predicted, between := none, "/"
	if g.Predicted != nil {
		predicted = strconv.Itoa(*g.Predicted)
		if g.Right && *g.Predicted != g.Counted {
			between = "="
		}
	}
	return g.Key + "=" + predicted + between + strconv.Itoa(g.Counted)
}

func guesses(all []Guess) string {
	if len(all) == 0 {
		return none
	}
	var list []string
	for _, g := range all {
		list = append(list, g.String())
	}
	return strings.Join(list, ",")
}

func (r Record) fields(name string) []string {
	state, kernel := "started", r.Kernel
	if r.Passed {
		state = "passed"
	}
	if kernel == "" {
		kernel = none
	}
	return []string{name, state, strconv.Itoa(r.Checks), strconv.Itoa(r.Hints), kernel, r.At.UTC().Format(timeFormat), guesses(r.First)}
}

// Save writes the progress, in the order of the exercises.
func (f Folder) Save(p Progress) error {
	rows := [][]string{columns}
	var names []string
	for _, e := range exercise.All() {
		names = append(names, e.Name)
	}
	for name := range p {
		if !slices.Contains(names, name) {
			names = append(names, name) // of another version of the lab
		}
	}
	slices.Sort(names[len(exercise.All()):])
	for _, name := range names {
		if r, ok := p[name]; ok {
			rows = append(rows, r.fields(name))
		}
	}
	if err := write(filepath.Join(f.Dir, progressName), append([]byte(progressHead), aligned(rows)...)); err != nil {
		return fmt.Errorf("save progress: %w", err)
	}
	return nil
}

// aligned writes rows in columns.
func aligned(rows [][]string) []byte {
	widths := make([]int, len(columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b bytes.Buffer
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[i], cell)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.Bytes()
}

// Current returns the exercise to go on with: the one that was started or checked last
// and is not passed, else the first that is not; false if all are.
func (p Progress) Current() (exercise.Exercise, bool) {
	var current exercise.Exercise
	var at time.Time
	found := false
	for _, e := range exercise.All() {
		r, started := p[e.Name]
		switch {
		case r.Passed:
		case started && (!found || !r.At.Before(at)):
			current, at, found = e, r.At, true
		case !found:
			current, found = e, true
		}
	}
	return current, found
}

// Judged notes a result, and tells whether it is the first time that the exercise passed.
func (p Progress) Judged(e exercise.Exercise, result exercise.Result, at time.Time) (first bool) {
	r := p[e.Name]
	r.Kernel, r.At = result.Kernel, at
	if !r.Passed {
		r.Checks++
	}
	if r.First == nil {
		for _, a := range result.Answers {
			r.First = append(r.First, Guess{a.Key, a.Predicted, a.Counted, a.Right})
		}
	}
	first = result.Passed && !r.Passed
	r.Passed = r.Passed || result.Passed
	p[e.Name] = r
	return first
}
