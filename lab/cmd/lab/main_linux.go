package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/stage"
	"dialpath/lab/step"
	"dialpath/lab/vm"
)

// become is for processes that the lab has started for itself: it does not return in
// process 1 of a guest, a child of the lab's own and a debugger's server.
func become() {
	vm.Init()
	stage.Main()
	step.Main()
}

// onLinux returns the verbs that need a Linux kernel.
func onLinux(env environment) []*cobra.Command {
	return []*cobra.Command{newStep(env), newWatch(env), newDoctor(env), newVM(env), newTrial(env)}
}
