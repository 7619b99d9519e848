package kernel

import "strings"

// Base returns the name that a function has in the source. Compilers append suffixes such
// as .isra.0, .part.0 or .constprop.0 to the functions that they change.
func Base(function string) string {
	base, _, _ := strings.Cut(function, ".")
	return base
}
