package exercise

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Question asks for a number before the program is run. It is about the program as it
// is when the exercise is done; or, if it has a constant number, about that as handed out.
type Question struct {
	Key  string // its name in the file: packets-dialudp
	Text string // ends in a question mark
	Why  string // why the number is what it is, one or two sentences

	count  func(Evidence) int
	number *between // of the program as handed out, on which the tests hold it against count
}

// A between is a number that is not the same on each machine: it has bounds.
type between struct{ least, most int }

// exactly is a number that is.
func exactly(n int) *between { return &between{n, n} }

func (b between) has(n int) bool { return b.least <= n && n <= b.most }

// A Prediction has the learner's numbers, by the keys of the questions.
type Prediction map[string]int

// An Answer is what was predicted, and what the kernel counted.
//
// There may be several ways to do an exercise, with other numbers: who has predicted that of
// the lab's solution is right, too.
type Answer struct {
	Key       string `json:"key"`
	Question  string `json:"question"`
	Predicted *int   `json:"predicted"` // null: no guess
	Counted   int    `json:"counted"`
	Most      int    `json:"most,omitempty"` // if it is not the same on each machine: Counted is the least, and this the most
	Usual     int    `json:"usual"`          // of the lab's solution
	Right     bool   `json:"right"`
	Why       string `json:"why"`
}

// score compares. Where the numbers are what is asked for (strict), it is those of the very
// program that are right.
func (q Question) score(e Evidence, predicted, usual Prediction, strict bool) Answer {
	a := Answer{Key: q.Key, Question: q.Text, Why: q.Why}
	n, guessed := predicted[q.Key]
	if guessed {
		a.Predicted = &n
	}
	if q.number != nil {
		a.Counted, a.Usual = q.number.least, q.number.least
		if q.number.most > a.Counted {
			a.Most = q.number.most
		}
		a.Right = guessed && q.number.has(n)
		return a
	}
	a.Counted = q.count(e)
	a.Usual = a.Counted
	if number, ok := usual[q.Key]; ok {
		a.Usual = number
	}
	a.Right = guessed && (n == a.Counted || n == a.Usual && !strict)
	return a
}

// The two things that stand in the file where a number has not been written.
const (
	unanswered = "?"
	noGuess    = "-" // I do not know
)

// Sheet returns the file in which the learner writes the numbers.
func (e Exercise) Sheet() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Before you run it: what will the kernel count, when your program does what it\n"+
		"# should? Write a number for each %s; a guess is fine. Write %s if you have none.\n", unanswered, noGuess)
	for _, q := range e.Questions {
		fmt.Fprintf(&b, "\n# %s\n%s = %s\n", q.Text, q.Key, unanswered)
	}
	return []byte(b.String())
}

// ReadSheet reads the learner's numbers. It fails if one is missing or is none: then
// nothing has been predicted yet.
func (e Exercise) ReadSheet(sheet []byte) (Prediction, error) {
	p := make(Prediction)
	seen := make(map[string]bool)
	for i, line := range strings.Split(string(sheet), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !slices.ContainsFunc(e.Questions, func(q Question) bool { return q.Key == key }) {
			return nil, fmt.Errorf("line %d: %.40q is none of the questions", i+1, key)
		}
		if seen[key] {
			return nil, fmt.Errorf("line %d: %s has a number already", i+1, key)
		}
		n, err := strconv.Atoi(value)
		switch {
		case value == unanswered || value == "":
			return nil, fmt.Errorf("line %d: %s waits for your number", i+1, key)
		case value == noGuess && e.Strict:
			return nil, fmt.Errorf("line %d: %s: here a number is what is asked for", i+1, key)
		case value != noGuess && err != nil:
			return nil, fmt.Errorf("line %d: %s = %.40s: that is no number", i+1, key, value)
		case value != noGuess && n < 0:
			return nil, fmt.Errorf("line %d: %s = %d: a count is 0 or more", i+1, key, n)
		case value != noGuess:
			p[key] = n
		}
		seen[key] = true
	}
	for _, q := range e.Questions {
		if !seen[q.Key] {
			return nil, fmt.Errorf("%s is missing: write %s = NUMBER", q.Key, q.Key)
		}
	}
	return p, nil
}

// SheetName is the name of that file in the learner's folder.
const SheetName = "predict.txt"
