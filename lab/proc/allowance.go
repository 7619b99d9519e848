// Package proc looks at processes from outside, in /proc: whose children they are, how long
// they have run, and how long they could not, since the machine was busy.
package proc

import (
	"slices"
	"time"
)

// An allowance is the time that some processes are given, by a clock that stands still
// while they want to run and the machine does something else: a busy machine takes nothing
// from it. What they run counts in any case, so that a program that gets in its own way, as
// one that starts a hundred of itself, ends in time.
type Allowance struct {
	time time.Duration // asleep or running
	work time.Duration // on CPUs: who is awake when the time is over may go on until this is over, too

	pids   []int
	family bool

	began time.Time
	first Vitals
	next  time.Time // before that it cannot be over
	spent bool
}

// Allow begins an allowance for processes.
func Allow(span, work time.Duration, pids ...int) *Allowance {
	now := time.Now()
	return &Allowance{time: span, work: work, pids: pids, began: now, first: Examine(pids...), next: now.Add(span)}
}

// Over tells whether the allowance has been used up. Once it has, it stays so.
func (a *Allowance) Over() bool {
	if now := time.Now(); !a.spent && !now.Before(a.next) {
		pids := a.pids
		if a.family {
			pids = slices.Concat(pids, Descendants(pids...))
		}
		left := a.left(now.Sub(a.began), Examine(pids...))
		a.spent, a.next = left <= 0, now.Add(left)
	}
	return a.spent
}

// WithFamily has what the processes start count, too. It takes time to find.
func (a *Allowance) WithFamily() *Allowance {
	a.family = true
	return a
}

// Extend adds time that was not the processes' own.
func (a *Allowance) Extend(by time.Duration) {
	a.began, a.next = a.began.Add(by), a.next.Add(by)
}

// Wait is how long it cannot be over yet.
func (a *Allowance) Wait() time.Duration { return time.Until(a.next) }

// glance is between two looks at least.
const glance = 2 * time.Millisecond

// left returns how long at least it will be until the allowance is over: 0 if it is. Passed
// is the time since it began, by the clock on the wall.
func (a *Allowance) left(passed time.Duration, v Vitals) time.Duration {
	ran, waited := max(0, v.Ran-a.first.Ran), max(0, v.Waited-a.first.Waited)
	had := max(passed-waited, min(passed, ran))
	if had >= a.time && (!v.Awake || ran >= a.work) {
		return 0
	}
	return max(a.time-had, glance)
}

// busiest is how many times its allowance a process may take on the clock on the wall.
const busiest = 12

// Hopeless tells that the machine is so busy that the allowance is not going to be used up.
func (a *Allowance) Hopeless() bool { return time.Since(a.began) > busiest*max(a.time, time.Second) }
