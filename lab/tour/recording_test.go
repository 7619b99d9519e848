package tour

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
	"dialpath/lab/plan"
)

func TestToRecord(t *testing.T) {
	t.Parallel()
	claims, err := Select(5, 6, 4)
	if err != nil {
		t.Fatal(err)
	}
	both := []string{"tcp_*", "udp_*"}
	want := []Recording{
		{tcpByDial, Needs{Functions: both, Stacks: []string{kernel.TCPTransmit}, Packets: true, Syscalls: true}},
		{udpByDialUDP, Needs{Functions: both, Stacks: []string{kernel.UDPConnect}, Packets: true, Syscalls: true}},
	}
	if diff := cmp.Diff(want, ToRecord(claims)); diff != "" {
		t.Errorf("each workload once, with all that is needed (-want +got):\n%s", diff)
	}
	if got := len(ToRecord(Claims())); got != 14 {
		t.Errorf("the whole tour records %d workloads, want 14", got)
	}
}

func TestTogether(t *testing.T) {
	t.Parallel()
	all := []Recording{
		{Workload: tcpByDial, Needs: Needs{Functions: []string{"tcp_*"}, Packets: true}},
		{Workload: "other", Needs: Needs{Functions: []string{"udp_*", "tcp_*"}, Stacks: []string{"UDP send"}, Syscalls: true}},
	}
	want := plan.Plan{Functions: []string{"tcp_*", "udp_*"}, Stacks: []string{"UDP send"}, Hooks: true, Packets: true, Syscalls: true}
	if diff := cmp.Diff(want, Together(all)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestEverything: what lab record makes serves all claims.
func TestEverything(t *testing.T) {
	t.Parallel()
	everything := plan.Everything()
	if diff := cmp.Diff(everything, everything.With(Together(ToRecord(Claims())))); diff != "" {
		t.Errorf("claims need more (-everything +with what claims need):\n%s", diff)
	}
}
