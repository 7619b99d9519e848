package vm

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

const barWidth = 24

// Bar returns a [Progress] that shows a bar on a terminal, and one line for each
// step on anything else. Give it standard error.
func Bar(f *os.File) Progress {
	if !term.IsTerminal(int(f.Fd())) {
		return lineProgress(f)
	}
	return barProgress(f)
}

// barProgress draws each step's bar over and over on one line, and leaves the
// line there when the step is done.
func barProgress(w io.Writer) Progress {
	finished := ""
	return func(step string, done float64) {
		switch {
		case done < 0:
			fmt.Fprint(w, "\r\x1b[K")
			return
		case step == finished:
			return
		}
		done = min(done, 1)
		full := int(done * barWidth)
		bar := strings.Repeat("#", full) + strings.Repeat("-", barWidth-full)
		fmt.Fprintf(w, "\r\x1b[K%s [%s] %3.0f%%", step, bar, done*100)
		if done == 1 {
			finished = step
			fmt.Fprintln(w)
		}
	}
}

// lineProgress says each step once, when it starts.
func lineProgress(w io.Writer) Progress {
	last := ""
	return func(step string, done float64) {
		if done >= 0 && step != last {
			last = step
			fmt.Fprintln(w, step)
		}
	}
}
