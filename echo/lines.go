package echo

import (
	"io"
	"sync"
)

// lines lets many goroutines print whole lines to one writer. It remembers the
// first error, for the caller that cares.
type lines struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

// newLines returns lines to w, or to nowhere when w is nil.
func newLines(w io.Writer) *lines {
	if w == nil {
		w = io.Discard
	}
	return &lines{w: w}
}

// Write writes p, one or more whole lines, with one Write.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.w.Write(p)
	if l.err == nil {
		l.err = err
	}
	return n, err
}

// failure returns the first error there was.
func (l *lines) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
