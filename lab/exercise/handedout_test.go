package exercise

import (
	"fmt"

	"dialpath/lab/trace"
)

// Misses returns the questions about the program as it is handed out whose constant is not
// what a trace of it has.
func (e Exercise) Misses(t *trace.Trace) (misses []string) {
	for _, q := range e.Questions {
		if q.number == nil {
			continue
		}
		if n := q.count(Evidence{numbered(t), e.Role()}); !q.number.has(n) {
			misses = append(misses, fmt.Sprintf("%s: the kernel counted %d, and the exercise says %+v", q.Key, n, *q.number))
		}
	}
	return misses
}
