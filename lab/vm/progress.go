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
	return func(step string, done float64) {
		done = min(max(done, 0), 1)
		full := int(done * barWidth)
		fmt.Fprintf(f, "\r\x1b[K%s [%s%s] %3.0f%%", step, strings.Repeat("#", full), strings.Repeat("·", barWidth-full), done*100)
		if done == 1 {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}

// lineProgress says each step once, when it starts.
func lineProgress(w io.Writer) Progress {
	last := ""
	return func(step string, done float64) {
		if step != last {
			last = step
			fmt.Fprintln(w, step)
		}
	}
}
