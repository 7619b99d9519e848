package main

import (
	"fmt"
	"time"
)

// A progress says how far a long operation has come: on a terminal in a line that is drawn
// again and again, elsewhere in one line; and not before it has taken long enough to be
// wondered at.
type progress struct {
	env   environment
	doing string
	next  time.Time // when it is to be said
	shown bool
}

const (
	untilDrawn = 300 * time.Millisecond // on a terminal
	untilAgain = 50 * time.Millisecond  // since it was drawn last
	untilSaid  = 2 * time.Second        // elsewhere
)

func newProgress(env environment) *progress { return &progress{env: env} }

func (p *progress) show(doing string, done, total int) {
	now := time.Now()
	if doing != p.doing {
		p.doing, p.next = doing, now.Add(untilSaid)
		if p.env.live {
			p.next = now.Add(untilDrawn)
		}
	}
	switch {
	case done == total:
		p.end()
	case now.Before(p.next):
	case p.env.live:
		p.shown, p.next = true, now.Add(untilAgain)
		fmt.Fprintf(p.env.stderr, "\r\x1b[K%s: %d of %d", doing, done, total)
	case !p.shown:
		p.shown = true
		p.env.say("%s: %d of %d so far", doing, done, total)
	}
}

// end wipes the line.
func (p *progress) end() {
	if p.shown && p.env.live {
		fmt.Fprint(p.env.stderr, "\r\x1b[K")
	}
	p.shown, p.doing = false, ""
}
