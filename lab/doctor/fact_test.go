package doctor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseConfig(t *testing.T) {
	t.Parallel()
	got := parseConfig(strings.Join([]string{
		"# Linux/x86 6.12 Kernel Configuration", "CONFIG_BPF=y", "CONFIG_VETH=m", "# CONFIG_KPROBES is not set",
		`CONFIG_LSM="lockdown,yama"`, "CONFIG_HZ=250", "",
	}, "\n"))
	if diff := cmp.Diff(map[string]bool{"CONFIG_BPF": true, "CONFIG_VETH": true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
