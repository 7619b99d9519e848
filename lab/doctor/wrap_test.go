package doctor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		text    string
		columns int
		want    []string
	}{
		{"", 10, []string{""}},
		{"ten wide..", 10, []string{"ten wide.."}},
		{"eleven wide", 10, []string{"eleven", "wide"}},
		{"one two three four", 9, []string{"one two", "three", "four"}},
		{"mend   kept", 20, []string{"mend   kept"}},
		{"wide · · signs", 8, []string{"wide · ·", "signs"}},
		{"unbreakable", 5, []string{"unbreakable"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, wrap(test.text, test.columns)); diff != "" {
			t.Errorf("wrap(%q, %d) (-want +got):\n%s", test.text, test.columns, diff)
		}
	}
}

func TestParseVersion(t *testing.T) {
	tests := []struct {
		release string
		want    version
		ok      bool
	}{
		{"6.18.44-amd64", version{6, 18}, true},
		{"7.3-rc1", version{7, 3}, true},
		{"5.15.0-1084-azure", version{5, 15}, true},
		{"", version{}, false},
		{"linux", version{}, false},
	}
	for _, test := range tests {
		if got, ok := parseVersion(test.release); ok != test.ok || got != test.want {
			t.Errorf("parseVersion(%q) = %v, %v, want %v, %v", test.release, got, ok, test.want, test.ok)
		}
	}
}

func TestVersionBefore(t *testing.T) {
	if !oldest.before(version{6, 1}) || !oldest.before(version{5, 16}) || oldest.before(oldest) || oldest.before(version{4, 20}) {
		t.Error("versions are in the wrong order")
	}
}

func TestParseConfig(t *testing.T) {
	got := parseConfig(strings.Join([]string{
		"# Linux/x86 6.12 Kernel Configuration", "CONFIG_BPF=y", "CONFIG_VETH=m", "# CONFIG_KPROBES is not set",
		`CONFIG_LSM="lockdown,yama"`, "CONFIG_HZ=250", "",
	}, "\n"))
	if diff := cmp.Diff(map[string]bool{"CONFIG_BPF": true, "CONFIG_VETH": true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
