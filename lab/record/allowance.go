package record

import (
	"slices"
	"time"
)

// An allowance is the time that some processes are given, by a clock that stands still
// while they want to run and the machine does something else: a busy machine takes nothing
// from it. What they run counts in any case, so that a program that gets in its own way, as
// one that starts a hundred of itself, ends in time.
type allowance struct {
	time time.Duration // asleep or running
	work time.Duration // on CPUs: who is awake when the time is over may go on until that is over, too

	pids   []int
	family bool // what the processes start counts, too: it takes time to find

	began time.Time
	first vitals
	next  time.Time // before that it cannot be over
	spent bool
}

// allow begins an allowance for processes.
func allow(span, work time.Duration, pids ...int) *allowance {
	now := time.Now()
	return &allowance{time: span, work: work, pids: pids, began: now, first: examine(pids...), next: now.Add(span)}
}

// over tells whether the allowance has been used up. Once it has, it stays so.
func (a *allowance) over() bool {
	if now := time.Now(); !a.spent && !now.Before(a.next) {
		pids := a.pids
		if a.family {
			pids = slices.Concat(pids, descendants(pids...))
		}
		left := a.left(now.Sub(a.began), examine(pids...))
		a.spent, a.next = left <= 0, now.Add(left)
	}
	return a.spent
}

// extend adds time that was not the processes' own.
func (a *allowance) extend(by time.Duration) {
	a.began, a.next = a.began.Add(by), a.next.Add(by)
}

// due is when to look again whether it is over.
func (a *allowance) due() <-chan time.Time { return time.After(time.Until(a.next)) }

// left returns how long at least it will be until the allowance is over: 0 if it is. Passed
// is the time since it began, by the clock on the wall.
func (a *allowance) left(passed time.Duration, v vitals) time.Duration {
	ran, waited := max(0, v.ran-a.first.ran), max(0, v.waited-a.first.waited)
	had := max(passed-waited, min(passed, ran))
	if had >= a.time && (!v.awake || ran >= a.work) {
		return 0
	}
	return max(a.time-had, glance)
}

// busiest is how many times its allowance a process may take on the clock on the wall.
const busiest = 12

// hopeless tells that the machine is so busy that the allowance is not going to be used up.
func (a *allowance) hopeless() bool { return time.Since(a.began) > busiest*max(a.time, time.Second) }
