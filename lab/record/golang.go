package record

import (
	"cmp"
	"fmt"
	"slices"

	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// attachProgram watches functions of the program that a target will run. It returns what is
// lacking of each.
func (r *Recorder) attachProgram(target stage.Target) ([]probes.Lack, error) {
	if len(r.wanted.GoFunctions) == 0 {
		return nil, nil
	}
	file := ""
	switch {
	case target.Trial != nil:
		file = target.Trial.Program
	case target.Command != nil:
		file, _ = stage.LookPath(target.Command[0]) // if there is none, running it will say so
	}
	lacks, err := r.session.AttachProgram(file)
	if err != nil {
		return nil, fmt.Errorf("attach probes to the program: %w", err)
	}
	return lacks, nil
}

// goFunctions converts the calls of the program's own functions, with their stacks as named
// by name.
func goFunctions(wanted []probes.GoFunction, lacks []probes.Lack, seen *probes.Seen, name func(pid int, p probes.Program) []trace.Frame) []trace.GoFunction {
	rows := make([]trace.GoFunction, 0, len(wanted))
	for i, f := range wanted {
		row := trace.GoFunction{Name: f.Pattern, Count: seen.GoCounts[i], Calls: []trace.GoCall{}}
		if i < len(lacks) {
			row.Lack = trace.Lack(lacks[i])
		}
		for _, c := range seen.GoCalls {
			if c.Function == i {
				row.Calls = append(row.Calls, goCall(c, f.Text, name))
			}
		}
		slices.SortStableFunc(row.Calls, func(a, b trace.GoCall) int { return cmp.Compare(a.Time, b.Time) })
		rows = append(rows, row)
	}
	return rows
}

func goCall(c probes.GoCall, text bool, name func(pid int, p probes.Program) []trace.Frame) trace.GoCall {
	row := trace.GoCall{Time: c.Time, Thread: thread(c.Thread), Role: trace.Role(c.Role.String()), Frames: name(c.PID, c.Program)}
	if text {
		row.Text = c.Text
	} else {
		row.Argument = c.Argument
	}
	return row
}
