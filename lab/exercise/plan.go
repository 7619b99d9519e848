package exercise

import "dialpath/lab/plan"

// Plan says what is to be watched while a program for the exercise runs.
func (e Exercise) Plan() plan.Plan {
	return plan.Plan{
		Functions: e.Functions, Stacks: e.Stacks, Packets: true, Syscalls: true,
		GoFunctions: e.GoFunctions, Strict: e.NeedsKprobes(),
	}
}
