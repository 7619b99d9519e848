package tour

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
)

func TestThenAndNow(t *testing.T) {
	t.Parallel()
	for _, r := range ThenAndNow() {
		if r.Now == "" || r.Then == r.Now {
			t.Errorf("%+v: nothing changed, or nothing that runs today", r)
		}
		if r.Since == "" || r.Why == "" || r.Source == "" {
			t.Errorf("%s: without a version, a reason or a source", r)
		}
	}
	var got []string
	for _, r := range changes([]string{"__tcp_transmit_skb.isra.0", "tcp_connect", "__x64_sys_connect", "x64_sys_call", "x64_sys_call", "net.(*netFD).readFromInet4"}) {
		got = append(got, r.String())
	}
	want := []string{
		"tcp_transmit_skb is now __tcp_transmit_skb (since Linux 4.18)",
		"sys_connect is now __x64_sys_connect (since Linux 4.17)",
		"x64_sys_call is new (since Linux 6.9)",
		"net.(*netFD).readFrom is now net.(*netFD).readFromInet4 (since Go 1.18)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !plays("udp_connect", kernel.UDPConnect) || !plays("ip4_datagram_connect", kernel.UDPConnect) || plays("tcp_connect", kernel.UDPConnect) {
		t.Error("UDP connect is played by udp_connect and ip4_datagram_connect")
	}
}
