package kernel

import "slices"

// archs are the architectures that the lab is made for. A new one is named in many files:
// TestArchitectures in scripts/papers says in which.
var archs = []string{"amd64", "arm64"}

// Archs returns the architectures of which the lab can trace kernels, by Go's names. On the
// first all else can be done, too: guests are booted, and tests run in them.
func Archs() []string { return slices.Clone(archs) }
