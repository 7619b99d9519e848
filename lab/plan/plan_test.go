package plan

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
)

func TestWith(t *testing.T) {
	t.Parallel()
	a := Plan{Functions: []string{"tcp_*"}, Stacks: []string{"UDP send"}, Packets: true}
	b := Plan{Functions: []string{"udp_*", "tcp_*"}, Hooks: true, Syscalls: true, Timeline: true, Strict: true, Typed: true}
	want := Plan{
		Functions: []string{"tcp_*", "udp_*"}, Stacks: []string{"UDP send"},
		Hooks: true, Packets: true, Syscalls: true, Timeline: true, Strict: true, Typed: true,
	}
	if diff := cmp.Diff(want, a.With(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(a, a.With(Plan{})); diff != "" {
		t.Errorf("with nothing it is another (-want +got):\n%s", diff)
	}
}

func TestCheckNames(t *testing.T) {
	t.Parallel()
	if err := CheckNames([]string{"udp_sendmsg", "udp_*", "UDP connect", "net:*"}); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "["} {
		err := CheckNames([]string{"udp_*", bad})
		if want := `"` + bad + `" is no pattern: names are like udp_sendmsg, globs like 'udp_*'`; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestPurposes: what only kprobes see is watched strictly, and names are the user's where
// the user has given some.
func TestPurposes(t *testing.T) {
	t.Parallel()
	mine := []string{"udp_*"}
	for name, c := range map[string]struct{ got, want Plan }{
		"count":        {Count(mine), Plan{Functions: mine, Strict: true, Typed: true}},
		"stack":        {Stack(mine), Plan{Stacks: mine, Typed: true}},
		"packets":      {Packets(), Plan{Packets: true}},
		"hooks":        {Hooks(), Plan{Hooks: true, Strict: true}},
		"system calls": {Syscalls(), Plan{Syscalls: true}},
		"watch":        {Watch(mine), Plan{Stacks: mine, Packets: true, Typed: true}},
		"watch all":    {Watch(nil), Step()},
		"timeline":     {Timeline(false), Plan{Functions: kernel.Landmarks(), Packets: true, Syscalls: true, Timeline: true}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range kernel.Landmarks() {
		if !slices.Contains(Timeline(true).Functions, name) {
			t.Errorf("a whole timeline has no %s", name)
		}
	}
	for _, name := range Compare(false).Functions {
		if !slices.Contains(Compare(true).Functions, name) || !slices.Contains(Everything().Functions, name) {
			t.Errorf("recordings have no %s, which runs are compared by", name)
		}
	}
}

// TestJSON: what lab tour --list --json says of a claim's needs.
func TestJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(Plan{Functions: []string{"tcp_*"}, Stacks: []string{"IP send"}, Packets: true})
	if want := `{"patterns":["tcp_*"],"stacks":["IP send"],"packets":true}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
}
