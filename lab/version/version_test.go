package version

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// TestGet: what make says of a lab goes before what Go knows, and what neither knows is
// unknown, as it is of a test.
func TestGet(t *testing.T) {
	t.Parallel()
	if got, want := Get(), (Info{Unknown, Unknown, runtime.Version()}); got != want {
		t.Errorf("of a test: %+v, want %+v", got, want)
	}
	described, commit = "v1.2.0-3-ga3bbcef", "a3bbcef0-dirty"
	t.Cleanup(func() { described, commit = "", "" })
	if got, want := Get(), (Info{"v1.2.0-3-ga3bbcef", "a3bbcef0-dirty", runtime.Version()}); got != want {
		t.Errorf("built by make: %+v, want %+v", got, want)
	}
	if Lab() != "v1.2.0-3-ga3bbcef" {
		t.Errorf("the version alone: %s", Lab())
	}
}

// TestBuiltByGo: go build and go install know the commit or the version.
func TestBuiltByGo(t *testing.T) {
	t.Parallel()
	of := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	hash := debug.BuildSetting{Key: "vcs.revision", Value: "a3bbcef0"}
	for _, c := range []struct {
		build           *debug.BuildInfo
		version, commit string
	}{
		{of(""), "", ""},
		{of("(devel)"), "", ""},
		{of("v1.2.0"), "v1.2.0", ""},
		{of("(devel)", hash, debug.BuildSetting{Key: "vcs.modified", Value: "false"}), "", "a3bbcef0"},
		{of("(devel)", hash, debug.BuildSetting{Key: "vcs.modified", Value: "true"}), "", "a3bbcef0-dirty"},
		{of("(devel)", debug.BuildSetting{Key: "vcs.modified", Value: "true"}), "", ""},
	} {
		if v, r := moduleVersion(c.build), revision(c.build); v != c.version || r != c.commit {
			t.Errorf("%q %v: %q %q, want %q %q", c.build.Main.Version, c.build.Settings, v, r, c.version, c.commit)
		}
	}
}
