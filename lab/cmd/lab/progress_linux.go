package main

import (
	"fmt"
	"time"
)

// A progress shows how far a long operation has come, on a terminal only, and not
// before it has taken long enough to be wondered at.
type progress struct {
	env   environment
	doing string
	next  time.Time // when it is to be drawn
	shown bool
}

const (
	patience = 300 * time.Millisecond // before it is shown at all
	pace     = 50 * time.Millisecond  // before it is drawn again
)

func newProgress(env environment) *progress { return &progress{env: env} }

func (p *progress) show(doing string, done, total int) {
	now := time.Now()
	if doing != p.doing {
		p.doing, p.next = doing, now.Add(patience)
	}
	switch {
	case done == total:
		p.end()
	case p.env.live && now.After(p.next):
		p.shown, p.next = true, now.Add(pace)
		fmt.Fprintf(p.env.stderr, "\r\x1b[K%s %d of %d probes", doing, done, total)
	}
}

// end wipes the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.env.stderr, "\r\x1b[K")
		p.shown = false
	}
}
