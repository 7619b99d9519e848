package vm

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
)

// tail keeps the end of what is written to it: a guest that goes round in
// circles must not fill the host's memory.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const (
	tailSize  = 64 << 10
	tailLines = 20
)

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if extra := len(t.buf) - tailSize; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[extra:]...)
	}
	return len(p), nil
}

// escapes are a terminal's control sequences: the firmware writes them.
var escapes = regexp.MustCompile(`\x1b\[[0-9;?=]*[A-Za-z]|\x1bc|[\r\x00-\x08\x0b-\x1f]`)

// text is all that is kept, as plain lines.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return escapes.ReplaceAllString(string(bytes.ToValidUTF8(t.buf, []byte("?"))), "")
}

// lines are the lines to show when something went wrong: those from the first
// sign of trouble on, or the last ones when there is no such sign.
func (t *tail) lines() []string {
	var lines []string
	first := -1
	for line := range strings.Lines(t.text()) {
		if line = strings.TrimRight(line, " \t\n"); line == "" {
			continue
		}
		if first < 0 && troubleForm.MatchString(line) {
			first = len(lines)
		}
		lines = append(lines, line)
	}
	if first < 0 {
		first = max(0, len(lines)-tailLines)
	}
	return lines[first:min(len(lines), first+tailLines)]
}

// troubleForm is how the kernel and the Go runtime begin to say that they cannot
// go on.
var troubleForm = regexp.MustCompile(`Kernel panic - |BUG: |Oops: |^(init|panic|fatal error): |^This program can only be run on `)

// panicForm is what every Linux says when it gives up (kernel/panic.c).
var panicForm = regexp.MustCompile(`(?m)Kernel panic - not syncing: (.*)$`)

// panicked finds a kernel's panic and its reason.
func (t *tail) panicked() (reason string, ok bool) {
	m := panicForm.FindStringSubmatch(t.text())
	if m == nil {
		return "", false
	}
	return strings.TrimSpace(m[1]), true
}
