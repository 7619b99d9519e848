//go:build !amd64

package probes

// Architectures that are younger than dup3(2) have that alone.
const sysDup2 = none
