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

func TestParseConfig(t *testing.T) {
	got := parseConfig(strings.Join([]string{
		"# Linux/x86 6.12 Kernel Configuration", "CONFIG_BPF=y", "CONFIG_VETH=m", "# CONFIG_KPROBES is not set",
		`CONFIG_LSM="lockdown,yama"`, "CONFIG_HZ=250", "",
	}, "\n"))
	if diff := cmp.Diff(map[string]bool{"CONFIG_BPF": true, "CONFIG_VETH": true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
