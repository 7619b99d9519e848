package record

import "time"

// An allowance is the time that some processes are given, by a clock that stands still
// while they want to run and the machine does something else: a busy machine takes nothing
// from it. What they run counts in any case, so that a program that gets in its own way, as
// one that starts a hundred of itself, ends in time.
type allowance struct {
	time time.Duration // asleep or running
	work time.Duration // on CPUs: who is awake when the time is over may go on until that is over, too

	pids  func() []int
	began time.Time
	first vitals
	next  time.Time // before that it cannot be over
}

// allow begins an allowance for processes. They may have become more when it ends.
func allow(span, work time.Duration, pids func() []int) *allowance {
	now := time.Now()
	return &allowance{time: span, work: work, pids: pids, began: now, first: examine(pids()...), next: now.Add(span)}
}

// over tells whether the allowance has been used up.
func (a *allowance) over() bool {
	now := time.Now()
	if now.Before(a.next) {
		return false
	}
	left := a.left(now.Sub(a.began), examine(a.pids()...))
	a.next = now.Add(left)
	return left <= 0
}

// left returns how long at least it will be until the allowance is over: 0 if it is. Passed
// is the time since it began, by the clock on the wall.
func (a *allowance) left(passed time.Duration, v vitals) time.Duration {
	ran, waited := max(0, v.ran-a.first.ran), max(0, v.waited-a.first.waited)
	spent := max(passed-waited, min(passed, ran))
	if spent >= a.time && (!v.awake || ran >= a.work) {
		return 0
	}
	return max(a.time-spent, glance)
}

// held up for so many times its allowance, a program is not going to be judged today.
const patienceFactor = 12

// hopeless tells that the machine has not let the processes use their allowance up in a
// time in which that should be possible on any machine.
func (a *allowance) hopeless() bool {
	return time.Since(a.began) > patienceFactor*max(a.time, time.Second)
}
