package vm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTail(t *testing.T) {
	t.Parallel()
	var c tail
	fmt.Fprint(&c, "\x1bc\x1b[?7l\x1b[2JSeaBIOS\r\n\r\n[    0.1] first\r\n\xff\n")
	if got, want := c.lines(), []string{"SeaBIOS", "[    0.1] first", "?"}; !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
	for i := range 10000 {
		fmt.Fprintf(&c, "line %d\n", i)
	}
	if len(c.text()) > tailSize {
		t.Errorf("it keeps %d bytes", len(c.text()))
	}
	got := c.lines()
	if len(got) != tailLines || got[0] != "line 9980" || got[tailLines-1] != "line 9999" {
		t.Errorf("lines %q", got)
	}
}

func TestTailPanic(t *testing.T) {
	t.Parallel()
	var c tail
	if reason, ok := c.panicked(); ok {
		t.Errorf("an empty console panicked: %s", reason)
	}
	fmt.Fprint(&c, "[ 1.0] fine\n[ 2.0] BUG: kernel NULL pointer dereference\n[ 2.1] Call Trace:\n")
	fmt.Fprint(&c, strings.Repeat("[ 2.2]  f+0x1/0x2\n", 50))
	fmt.Fprint(&c, "[ 3.0] Kernel panic - not syncing: Fatal exception in interrupt\r\n[ 3.1] Kernel Offset: disabled\n")
	if reason, ok := c.panicked(); !ok || reason != "Fatal exception in interrupt" {
		t.Errorf("panicked: %q, %v", reason, ok)
	}
	if got := c.lines(); len(got) != tailLines || got[0] != "[ 2.0] BUG: kernel NULL pointer dereference" {
		t.Errorf("the first sign of trouble is not shown: %q", got)
	}
}

func TestFailure(t *testing.T) {
	t.Parallel()
	console := []string{"one", "two"}
	for _, c := range []struct {
		failure Failure
		want    string
	}{
		{Failure{Cause: Panicked, Detail: "Fatal exception", Console: console}, "kernel panic after 4.3s: Fatal exception; its console:\n    one\n    two"},
		{Failure{Cause: Hung, Console: console}, "hangs: it does not answer after 4.3s; its console:\n    one\n    two"},
		{Failure{Cause: TimedOut, Detail: "waited 2s for lab tour, which has not ended"}, "waited 2s for lab tour, which has not ended"},
		{Failure{Cause: Silent}, "it did not come up: no word from it after 4.3s"},
		{Failure{Cause: Stopped, Detail: "internal-error"}, "QEMU stopped it after 4.3s: internal-error; software emulation (--accel tcg) goes on"},
		{Failure{Cause: Lost, Detail: "QEMU ended"}, "it was gone after 4.3s: QEMU ended"},
		{Failure{Cause: NotReady, Detail: "start /x: no such file"}, "start /x: no such file"},
		{Failure{Cause: Cancelled, Detail: "a second signal", Console: console}, "ended after 4.3s: a second signal"},
	} {
		c.failure.Release, c.failure.After = "6.12.1", 4321*time.Millisecond
		if got, want := c.failure.Error(), "guest with Linux 6.12.1: "+c.want; got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	if err := error(&Failure{Err: context.Canceled}); !errors.Is(err, context.Canceled) {
		t.Error("a failure does not show what is behind it")
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	steps := func(p Progress) {
		p("find", 0)
		p("find", 1)
		p("find", 1)
		p("load", 0.5)
		p("load", 1)
		p("lose", 0)
		p("", -1)
	}
	var lines, bar strings.Builder
	steps(lineProgress(&lines))
	steps(barProgress(&bar))
	if got, want := lines.String(), "find\nload\nlose\n"; got != want {
		t.Errorf("lines %q, want %q", got, want)
	}
	const clear = "\r\x1b[K"
	want := clear + "find [------------------------]   0%" +
		clear + "find [########################] 100%\n" +
		clear + "load [############------------]  50%" +
		clear + "load [########################] 100%\n" +
		clear + "lose [------------------------]   0%" + clear
	if got := bar.String(); got != want {
		t.Errorf("bar\n%q, want\n%q", got, want)
	}
}
