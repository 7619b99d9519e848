package probes

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"

	"dialpath/lab/kernel"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		glob, name string
		want       bool
	}{
		{"udp_*", "udp_sendmsg", true},
		{"udp_*", "udpv6_sendmsg", false},
		{"udp_*", "__udp_enqueue", false}, // whole names only
		{"udp_sendmsg", "udp_sendmsg", true},
		{"tcp_options_write", "tcp_options_write.isra.0", true},
		{"tcp_options_write.*", "tcp_options_write.isra.0", true},
		{"tcp_options_write.isra.0", "tcp_options_write.isra.0", true},
		{"tcp_?et_state", "tcp_set_state", true},
		{"[tu]*p_sendmsg", "tcp_sendmsg", true},
		{"sock:*", "sock:sock_send_length", true},
		{"sock:*", "skb:kfree_skb", false},
	} {
		if got := globs(t, "nothing", test.glob).match(test.name); got != test.want {
			t.Errorf("%q matches %q: %v, want %v", test.glob, test.name, got, test.want)
		}
	}
	if _, err := compile([]string{"udp_*", "tcp_["}); err == nil || !strings.Contains(err.Error(), "tcp_[") {
		t.Errorf("error %v, want one that names the malformed pattern", err)
	}
}

func globs(t *testing.T, globs ...string) patterns {
	t.Helper()
	p, err := compile(globs)
	check(t, err)
	return p
}

func TestReadsTracefsList(t *testing.T) {
	t.Parallel()
	const list = "udp_sendmsg\nudp_lib_hash\nvxlan_xmit [vxlan]\nudp_lib_hash [udp_diag]\nudp_recvmsg.part.0\n"
	found, err := globs(t, "udp_*").read(strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	want := []Function{
		{"udp_lib_hash", "udp_lib_hash", 2},
		{"udp_recvmsg.part.0", "udp_recvmsg", 1},
		{"udp_sendmsg", "udp_sendmsg", 1},
	}
	if !slices.Equal(found, want) {
		t.Errorf("read %v, want %v", found, want)
	}
}

const kallsyms = `ffffffff81000000 T _stext
ffffffff81000040 D data_is_no_function
ffffffff81000100 t udp_sendmsg
ffffffff81000100 t alias_of_udp_sendmsg
ffffffff81000200 W ip_send_skb
ffffffffc0000000 t veth_xmit	[veth]
`

func TestSymbols(t *testing.T) {
	t.Parallel()
	s, err := readSymbols(strings.NewReader(kallsyms))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		address uint64
		name    string
		offset  uint64
	}{
		{0xffffffff81000000, "_stext", 0},
		{0xffffffff810000ff, "_stext", 0xff},
		{0xffffffff81000100, "udp_sendmsg", 0},
		{0xffffffff81000105, "udp_sendmsg", 5},
		{0xffffffffc0000010, "veth_xmit", 0x10},
	} {
		name, offset, ok := s.Lookup(test.address)
		if !ok || name != test.name || offset != test.offset {
			t.Errorf("%#x is in %s+%#x, %v; want %s+%#x", test.address, name, offset, ok, test.name, test.offset)
		}
	}
	if _, _, ok := s.Lookup(0x1000); ok {
		t.Error("an address below all functions was found")
	}
}

func TestSymbolsHidden(t *testing.T) {
	t.Parallel()
	const hidden = "0000000000000000 T _stext\n0000000000000000 t udp_sendmsg\n"
	if _, err := readSymbols(strings.NewReader(hidden)); !errors.Is(err, ErrHidden) {
		t.Errorf("error %v, want ErrHidden", err)
	}
}

func TestFramesLoseTheTracing(t *testing.T) {
	t.Parallel()
	s := &Symbols{
		starts: []uint64{0x100, 0x200, 0x300, 0x400},
		names:  []string{"bpf_prog_6deef7357e7b4530", "bpf_trampoline_6442", "udp_sendmsg", "ksys_write"},
	}
	// The last call of ksys_write is its last instruction: the return address is
	// already in what follows.
	got := s.frames([]uint64{0x110, 0x210, 0x305, 0x4f0, 0x50, 0x60}, 5*8)
	want := []Frame{{"udp_sendmsg", 5}, {"ksys_write", 0xf0}, {"0x50", 0}}
	if !slices.Equal(got, want) {
		t.Errorf("frames %v, want %v", got, want)
	}
	if got := s.frames([]uint64{0x110}, -14); got != nil {
		t.Errorf("frames %v of a stack that could not be taken", got)
	}
	if got := s.frames([]uint64{0x300}, 4096); len(got) != 1 {
		t.Errorf("frames %v of a stack said to be longer than it is", got)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		field [16]byte
		ipv6  bool
		want  string
	}{
		{[16]byte{10, 0, 0, 1}, false, "10.0.0.1"},
		{[16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, true, "10.0.0.1"},
		{[16]byte{15: 1}, true, "::1"},
	} {
		if got := address(test.field, test.ipv6); got != netip.MustParseAddr(test.want) {
			t.Errorf("%v is %v, want %s", test.field, got, test.want)
		}
	}
}

// TestHooks: each part that the article looks at has a hook, and no other; and the programs
// know as many.
func TestHooks(t *testing.T) {
	t.Parallel()
	var want []string
	for _, part := range kernel.Hooks() {
		want = append(want, part.Name)
	}
	if got := slices.Sorted(slices.Values(hooks[:])); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("hooks on %q, want %q", got, want)
	}
	spec, err := loadBpf()
	check(t, err)
	var enum *btf.Enum
	check(t, spec.Types.TypeByName("hook", &enum))
	if n := len(enum.Values); n != len(hooks) {
		t.Errorf("the programs know %d hooks, want %d", n, len(hooks))
	}
}

// TestSyscallNumbers: each system call that is to be recorded has a number.
func TestSyscallNumbers(t *testing.T) {
	t.Parallel()
	var want []string
	for _, call := range kernel.Syscalls() {
		want = append(want, call.Name)
	}
	if got := slices.Sorted(maps.Keys(syscallNumbers)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("numbers of %q, want those of %q", got, want)
	}
}

// Each softirq of which the programs count the work has a name.
func TestEveryContextHasAName(t *testing.T) {
	t.Parallel()
	if names := 1 + len(kernel.Softirqs()); names != int(bpfContextCONTEXTS) { // a process's is the first
		t.Errorf("%d contexts have names, and %d are counted", names, bpfContextCONTEXTS)
	}
}

// The number of a tracepoint is its place in the table here, and stands in its program, too.
func TestTracepointsAreInOrder(t *testing.T) {
	t.Parallel()
	spec, err := loadBpf()
	check(t, err)
	for i, point := range tracepoints {
		p := spec.Programs[point.program()]
		if p == nil || p.SectionName != "raw_tp/"+point.name {
			t.Fatalf("there is no program for %v", point)
		}
		cookie := int64(i) | int64(bpfCookieWANT_STACK)
		if !slices.ContainsFunc(p.Instructions, func(in asm.Instruction) bool { return in.Dst == asm.R2 && in.Constant == cookie }) {
			t.Errorf("the program for %v does not say that it is number %d", point, i)
		}
	}
}

// FuzzEvents feeds the decoder whatever a ring buffer might hold: an event makes a row, or
// tells of a process, and what is none is an error.
func FuzzEvents(f *testing.F) {
	for _, event := range []any{
		bpfHookEvent{Kind: bpfEventKindEVENT_HOOK, Hook: 1}, bpfPacketEvent{Kind: bpfEventKindEVENT_PACKET},
		bpfSyscallEvent{Kind: bpfEventKindEVENT_SYSCALL}, bpfExecEvent{Kind: bpfEventKindEVENT_EXEC},
		bpfEntryEvent{Kind: bpfEventKindEVENT_ENTRY}, bpfSoftirqEvent{Kind: bpfEventKindEVENT_SOFTIRQ},
		bpfWakeupEvent{Kind: bpfEventKindEVENT_WAKEUP},
	} {
		var raw bytes.Buffer
		if err := binary.Write(&raw, binary.NativeEndian, event); err != nil {
			f.Fatal(err)
		}
		f.Add(raw.Bytes())
	}
	f.Add([]byte{1})
	f.Add([]byte{9, 0, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b batch
		told := 0
		e := &events{executed: func(int) { told++ }, counted: func(uint32) Function { return Function{} }}
		err := e.add(&b, raw)
		got := len(b.calls) + len(b.packets) + len(b.syscalls) + len(b.entries) + len(b.softirqs) + len(b.wakeups) + told
		if (err == nil) != (got == 1) {
			t.Errorf("%d events and error %v out of % x", got, err, raw)
		}
	})
}

// FuzzSymbols feeds the reader whatever a file might hold.
func FuzzSymbols(f *testing.F) {
	f.Add(kallsyms)
	f.Add("ffffffff81000000 T\n")
	f.Fuzz(func(t *testing.T, file string) {
		s, err := readSymbols(strings.NewReader(file))
		if err != nil {
			return
		}
		for i, start := range s.starts {
			if name, offset, ok := s.Lookup(start); !ok || offset != 0 {
				t.Errorf("function %d, %s, is not found at its own start: %s+%d", i, s.names[i], name, offset)
			}
		}
	})
}
