package probes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"dialpath/lab/kernel"
)

// A pattern is a glob as path.Match has them, for whole function names.
type pattern struct {
	glob   string
	prefix string // what comes before its first special character: a quick way to say no
}

type patterns []pattern

// compile makes patterns of globs.
func compile(globs []string) (patterns, error) {
	var p patterns
	for _, glob := range globs {
		if _, err := path.Match(glob, ""); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", glob, err)
		}
		prefix := glob
		if i := strings.IndexAny(glob, `*?[\`); i >= 0 {
			prefix = glob[:i]
		}
		p = append(p, pattern{glob, prefix})
	}
	return p, nil
}

// match tells whether one of the patterns matches a name or its base name.
func (p patterns) match(name string) bool {
	return slices.ContainsFunc(p, func(p pattern) bool {
		if !strings.HasPrefix(name, p.prefix) {
			return false // and its base name, which begins in the same way, neither
		}
		whole, _ := path.Match(p.glob, name)
		base, _ := path.Match(p.glob, kernel.Base(name))
		return whole || base
	})
}

// Match tells whether one of the globs, as in [Options], matches a function. The
// name of a part matches all that may play it. A malformed glob matches nothing.
func Match(globs []string, function string) bool {
	var all []string
	for _, name := range globs {
		if part, ok := kernel.PartNamed(name); ok {
			all = append(all, part.Functions()...)
		} else {
			all = append(all, name)
		}
	}
	p, err := compile(all)
	return err == nil && p.match(function)
}
