//go:build !linux

package workshop

import "os/exec"

// Elsewhere nothing is traced, so nobody needs root.

func asCaller(do func() error) error { return do() }

func runAsCaller(*exec.Cmd) {}
