package kernel_test

import (
	"slices"
	"testing"

	"dialpath/lab/kernel"
)

// TestRenamedPlayers: who plays a hook's part after another is told to readers as its new
// name; and what has a new name where it plays a part, plays that by both.
func TestRenamedPlayers(t *testing.T) {
	t.Parallel()
	for _, part := range kernel.Hooks() {
		for _, player := range part.Players[:len(part.Players)-1] {
			if !slices.ContainsFunc(kernel.History(player.Function), func(r kernel.Rename) bool {
				since, _ := r.Kernel()
				return r.Now == player.Function && since == player.Since
			}) {
				t.Errorf("no rename tells that %s plays %s since %v", player.Function, part.Name, player.Since)
			}
		}
	}
	for _, r := range kernel.Renames() {
		plays := func(p kernel.Part) bool { return kernel.Plays(r.Then, p.Name) }
		if kernel.IsLandmark(r.Then) && !slices.ContainsFunc(kernel.Parts(), plays) {
			t.Errorf("%s, and it is a landmark: make a part of it", r)
		}
		for _, part := range kernel.Parts() {
			if then, now := slices.Contains(part.Functions(), r.Then), slices.Contains(part.Functions(), r.Now); then != now {
				t.Errorf("%s, and one of them does not play %s", r, part.Name)
			}
		}
	}
}

// TestRenames: each rename says what, since when, why, and where it can be seen; the name
// of today ran, if its kernel was recorded.
func TestRenames(t *testing.T) {
	t.Parallel()
	for _, r := range kernel.Renames() {
		// TestPlayers sees to those: who has one's place later, has its name no more.
		player := slices.ContainsFunc(kernel.Parts(), func(p kernel.Part) bool { return kernel.Plays(r.Now, p.Name) })
		since, ok := r.Kernel()
		if !ok || r.Now == "" || r.Then == r.Now || r.Why == "" || r.Source == "" {
			t.Errorf("%+v: nothing changed, or it is not told what, since when, why and where it can be seen", r)
		}
		for _, k := range seen(t) {
			if arch := kernel.ArchOf(r.Now); k.version.Before(since) || arch != "" && arch != kernel.Archs()[0] {
				continue
			}
			call, _ := kernel.SyscallOf(r.Now)
			behind := call != "" || kernel.IsEntry(r.Now) // a call that no workload makes, or that left no frame
			if !behind && !k.ran[r.Now] && !r.Inlines && !player {
				t.Errorf("%s: %s, and it did not run", k.series, r)
			}
			if _, wrapper := kernel.SyscallOf(r.Then); (wrapper || r.Into) && k.ran[r.Then] {
				t.Errorf("%s: %s, and yet %s ran", k.series, r, r.Then)
			}
		}
	}
}
