//go:build !linux

package folder

import "os/exec"

// Elsewhere nothing is traced, so nobody needs root.
func asCaller(*exec.Cmd) {}

func giveBack(string) error { return nil }
