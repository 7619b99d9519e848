// Package watch shows live what a running process does in the kernel, while someone, a
// debugger mostly, lets it go on bit by bit.
//
// It keeps a window open and looks now and then whether there were hits. Hits that come
// together are a burst: once the process has been quiet for a moment, the window is closed,
// the burst is shown, and the next window is opened. What happens in between is not seen;
// that takes some milliseconds, and follows a pause.
package watch

import (
	"context"
	"time"

	"dialpath/lab/trace"
)

// A Kernel is watched through windows, one after another. [dialpath/lab/record.Recorder]
// is one.
type Kernel interface {
	Begin() error
	End() (*trace.Trace, error)
	Hits() (uint64, error) // since Begin, while the window is open
}

const (
	look    = 50 * time.Millisecond
	quiet   = 200 * time.Millisecond // without a hit: the burst is over
	longest = 2 * time.Second        // of a burst: one that does not end is shown in parts
)

// Run shows one burst after another, with the time when it was noticed, until the context
// is done or ended says so of the process. What was seen until then is shown, too. The
// first window must be open: the caller then knows from when on all is seen.
func Run(ctx context.Context, kernel Kernel, ended func() bool, show func(time.Time, *trace.Trace) error) error {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	var b burst
	for {
		now, last := time.Time{}, false
		select {
		case <-ctx.Done():
			now, last = time.Now(), true
		case now = <-ticker.C:
			last = ended()
		}
		hits, err := kernel.Hits()
		if err != nil {
			return err
		}
		b.note(now, hits)
		if !last && !b.over(now) {
			continue
		}
		t, err := kernel.End()
		if err != nil {
			return err
		}
		if !last {
			if err := kernel.Begin(); err != nil {
				return err
			}
		}
		if b.hits > 0 {
			if err := show(b.began, t); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
		b = burst{}
	}
}

// A burst is hits that come together.
type burst struct {
	began, last time.Time
	hits        uint64
}

// note takes in how many hits there have been by now.
func (b *burst) note(now time.Time, hits uint64) {
	if hits == b.hits {
		return
	}
	if b.hits == 0 {
		b.began = now
	}
	b.last, b.hits = now, hits
}

// over tells whether the burst is to be shown.
func (b *burst) over(now time.Time) bool {
	return b.hits > 0 && (now.Sub(b.last) >= quiet || now.Sub(b.began) >= longest)
}
