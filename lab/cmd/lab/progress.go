package main

import (
	"errors"
	"fmt"
	"time"
)

var errNotRoot = errors.New("tracing the kernel needs root: run it with sudo, or in a guest: lab vm -- VERB")

// A progress shows how far a long operation has come, on a terminal only, and not
// before it has taken long enough to be wondered at.
type progress struct {
	env   environment
	began time.Time
	doing string
	shown bool
}

const patience = 300 * time.Millisecond

func newProgress(env environment) *progress { return &progress{env: env, began: time.Now()} }

func (p *progress) show(doing string, done, total int) {
	if doing != p.doing {
		p.doing, p.began = doing, time.Now()
	}
	if !p.env.live || time.Since(p.began) < patience {
		return
	}
	p.shown = true
	fmt.Fprintf(p.env.stderr, "\r\x1b[K%s %d of %d", doing, done, total)
	if done == total {
		p.end()
	}
}

// end wipes the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.env.stderr, "\r\x1b[K")
		p.shown = false
	}
}
