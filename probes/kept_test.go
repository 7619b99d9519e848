package probes

import (
	"errors"
	"strings"
	"testing"
)

// The kernel's own text is from 0x1000 to 0x3000 here, and a module is at 0x9000.
const symbolsBefore = "1000 T _stext\n1008 T udp_sendmsg\n2000 T ip_send_skb\n3000 T _etext\n9000 t veth_xmit\t[veth]\n"

// TestKeptSymbols: what lies in the kernel's own text is named without reading again; what
// lies elsewhere may be another module's by now.
func TestKeptSymbols(t *testing.T) {
	t.Parallel()
	var kept keptSymbols
	text, reads := symbolsBefore, 0
	read := func() (*Symbols, error) {
		reads++
		return readSymbols(strings.NewReader(text))
	}
	for _, test := range []struct {
		doing     string
		text      string
		addresses []uint64
		last      string // what the last of the addresses is in
		reads     int    // in all, until then
	}{
		{"the first time", symbolsBefore, []uint64{0x1010}, "udp_sendmsg", 1},
		{"again", symbolsBefore, []uint64{0x2000, 0x1010}, "udp_sendmsg", 1},
		{"the last byte", symbolsBefore, []uint64{0x2fff}, "ip_send_skb", 1},
		{"in a module", symbolsBefore, []uint64{0x1010, 0x9010}, "veth_xmit", 2},
		{"in another one, at the same place", strings.ReplaceAll(symbolsBefore, "veth_xmit", "dummy_xmit"), []uint64{0x9010}, "dummy_xmit", 3},
		{"and then in the kernel", symbolsBefore, []uint64{0x2010}, "ip_send_skb", 3},
	} {
		text = test.text
		symbols, err := kept.of(test.addresses, read)
		if err != nil {
			t.Fatalf("%s: %v", test.doing, err)
		}
		name, _, _ := symbols.Lookup(test.addresses[len(test.addresses)-1])
		if name != test.last || reads != test.reads {
			t.Errorf("%s: %s, after %d readings; want %s, %d", test.doing, name, reads, test.last, test.reads)
		}
	}
}

// TestKeptSymbolsUnbounded: of a kernel that does not say where its text is nothing is kept.
func TestKeptSymbolsUnbounded(t *testing.T) {
	t.Parallel()
	var kept keptSymbols
	reads := 0
	for range 2 {
		if _, err := kept.of([]uint64{0x1010}, func() (*Symbols, error) {
			reads++
			return readSymbols(strings.NewReader("1000 T udp_sendmsg\n2000 T ip_send_skb\n"))
		}); err != nil {
			t.Fatal(err)
		}
	}
	if reads != 2 {
		t.Errorf("read %d times, want 2", reads)
	}
}

// TestKeptFailure: that it could not be read is not kept: the next session may be luckier.
func TestKeptFailure(t *testing.T) {
	t.Parallel()
	var symbols keptSymbols
	var list keptList
	failure := errors.New("on fire")
	if _, err := symbols.of(nil, func() (*Symbols, error) { return nil, failure }); err != failure {
		t.Errorf("symbols: %v", err)
	}
	if _, err := list.get("", func() ([]byte, error) { return nil, failure }); err != failure {
		t.Errorf("list: %v", err)
	}
	if got, err := symbols.of(nil, func() (*Symbols, error) { return new(Symbols), nil }); err != nil || got == nil {
		t.Errorf("symbols, later: %v, %v", got, err)
	}
	if got, err := list.get("", func() ([]byte, error) { return []byte("udp_sendmsg\n"), nil }); err != nil || len(got) == 0 {
		t.Errorf("list, later: %q, %v", got, err)
	}
}

// TestKeptList: the list is kept until a module comes or goes, or another is in its place;
// that one is used more does not matter.
func TestKeptList(t *testing.T) {
	t.Parallel()
	const alone = "veth 45056 0 - Live 0xffffffffc0300000\n"
	var kept keptList
	reads := 0
	for _, test := range []struct {
		doing, modules string
		reads          int
	}{
		{"first", alone, 1},
		{"again", alone, 1},
		{"in use", "veth 45056 2 bridge,stp, Live 0xffffffffc0300000 (E)\n", 1},
		{"one more", alone + "dummy 16384 0 - Live 0xffffffffc0400000\n", 2},
		{"gone", alone, 3},
		{"elsewhere", "veth 45056 0 - Live 0xffffffffc0500000\n", 4},
		{"going", "veth 45056 0 - Unloading 0xffffffffc0500000\n", 5},
		{"none", "", 6},
	} {
		if _, err := kept.get(modulesIn(test.modules), func() ([]byte, error) { reads++; return []byte("x\n"), nil }); err != nil || reads != test.reads {
			t.Errorf("%s: read %d times (%v), want %d", test.doing, reads, err, test.reads)
		}
	}
}
