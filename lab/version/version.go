// Package version says which lab this is: its version, the commit that it was built from,
// and the Go that built it.
package version

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"slices"
)

// What git said of the sources when make built the lab; empty if there was no git.
var (
	described string // as git describe says it: v1.2.0, v1.2.0-3-ga3bbcef, or a3bbcef without a tag
	commit    string // in full, with -dirty behind if the sources were changed after it
)

// Unknown is what is said of what cannot be known.
const Unknown = "unknown"

// An Info says which lab this is. Of what is not known it says [Unknown].
type Info struct {
	Lab    string `json:"lab"`    // version, as v1.2.0
	Commit string `json:"commit"` // with -dirty behind if the sources were changed after it
	Go     string `json:"go"`     // that built it, as go1.26.8
}

// Get returns what is known of this lab. What make has not told it, Go may have: go build
// notes the version of the module, and the commit.
func Get() Info {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = new(debug.BuildInfo)
	}
	return Info{
		Lab:    cmp.Or(described, moduleVersion(build), Unknown),
		Commit: cmp.Or(commit, revision(build), Unknown),
		Go:     runtime.Version(),
	}
}

// Lab returns the lab's version, or [Unknown].
func Lab() string { return Get().Lab }

// moduleVersion is what Go says where the lab was built as a module that has a version.
func moduleVersion(build *debug.BuildInfo) string {
	if build.Main.Version == "(devel)" { // of no version
		return ""
	}
	return build.Main.Version
}

// revision is the commit as go build has found it.
func revision(build *debug.BuildInfo) string {
	setting := func(key string) string {
		i := slices.IndexFunc(build.Settings, func(s debug.BuildSetting) bool { return s.Key == key })
		if i < 0 {
			return ""
		}
		return build.Settings[i].Value
	}
	hash := setting("vcs.revision")
	if hash != "" && setting("vcs.modified") == "true" {
		hash += "-dirty"
	}
	return hash
}
