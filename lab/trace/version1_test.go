package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
)

// TestVersion1Syscalls: each text that version 1 had for arguments becomes fields.
func TestVersion1Syscalls(t *testing.T) {
	t.Parallel()
	ipv4, ipv6 := netip.MustParseAddrPort("10.0.0.2:1337"), netip.MustParseAddrPort("[fe80::1]:53")
	option := func(level, name int) Option { return Option{Option: kernel.Option{Level: level, Name: name}} }
	for _, test := range []struct {
		name, args string
		want       Syscall
	}{
		{"socket", "AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK", Syscall{Family: "inet", Type: "stream", CloseOnExec: true, NonBlocking: true}},
		{"socket", "AF_INET6, SOCK_DGRAM", Syscall{Family: "inet6", Type: "dgram"}},
		{"socket", "AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC", Syscall{Family: "netlink", Type: "raw", CloseOnExec: true}},
		{"socket", "AF_UNIX, type 5", Syscall{Family: "unix", Type: "seqpacket"}},
		{"socket", "family 17, SOCK_RAW|SOCK_NONBLOCK", Syscall{Family: "packet", Type: "raw", NonBlocking: true}},
		{"socket", "family 45, type 7", Syscall{Family: "45", Type: "7"}},
		{"connect", "10.0.0.2:1337", Syscall{Family: "inet", Address: ipv4}},
		{"bind", "[fe80::1]:53", Syscall{Family: "inet6", Address: ipv6}},
		{"accept", "10.0.0.2:1337", Syscall{Family: "inet", Address: ipv4}},
		{"accept4", "10.0.0.2:1337, SOCK_CLOEXEC|SOCK_NONBLOCK", Syscall{Family: "inet", Address: ipv4, CloseOnExec: true, NonBlocking: true}},
		{"getsockname", "10.0.0.2:1337", Syscall{Family: "inet", Address: ipv4}},
		{"getpeername", "", Syscall{}},
		{"sendto", "9 bytes, 10.0.0.2:1337", Syscall{Size: 9, Family: "inet", Address: ipv4}},
		{"recvfrom", "65508 bytes, [fe80::1]:53", Syscall{Size: 65508, Family: "inet6", Address: ipv6}},
		{"recvfrom", "1024 bytes", Syscall{Size: 1024}},
		{"read", "1024 bytes", Syscall{Size: 1024}},
		{"write", "0 bytes", Syscall{}},
		{"setsockopt", "SO_BROADCAST", Syscall{Option: option(1, 6)}},
		{"setsockopt", "UDP_SEGMENT", Syscall{Option: option(17, 103)}},
		{"getsockopt", "level 0, option 11", Syscall{Option: option(0, 11)}},
		{"setsockopt", "", Syscall{}},
		{"listen", "backlog 4096", Syscall{Backlog: 4096}},
		{"sendmsg", "", Syscall{}},
		{"epoll_ctl", "", Syscall{}},
		{"close", "", Syscall{}},
	} {
		document := fmt.Sprintf(`{"version": 1, "syscalls": [{"time": 7, "pid": 8, "name": %q, "args": %q, "fd": 3, "return": -1, "errno": "EAGAIN", "buffer": 64, "timeout": 1000000}]}`,
			test.name, test.args)
		test.want.Time, test.want.PID, test.want.Name, test.want.FD, test.want.Return, test.want.Errno = 7, 8, test.name, 3, -1, "EAGAIN"
		test.want.Buffer, test.want.Timeout = 64, time.Millisecond
		got, err := Read(strings.NewReader(document))
		if err != nil {
			t.Errorf("%s(%s): %v", test.name, test.args, err)
			continue
		}
		if diff := cmp.Diff([]Syscall{test.want}, got[0].Syscalls, addresses); diff != "" {
			t.Errorf("%s(%s) (-want +got):\n%s", test.name, test.args, diff)
		}
		if got[0].Version != Version || got[0].Packets != nil {
			t.Errorf("version %d, packets %v", got[0].Version, got[0].Packets)
		}
	}
}

// TestVersion1Options: the names that version 1 had for options are still in the table.
func TestVersion1Options(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"SO_ATTACH_BPF", "SO_ATTACH_FILTER", "SO_BROADCAST", "SO_ERROR", "SO_KEEPALIVE", "SO_RCVBUF", "SO_REUSEADDR", "SO_SNDBUF",
		"TCP_KEEPCNT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_NODELAY", "UDP_SEGMENT", "IPV6_V6ONLY",
	} {
		if o, err := option1(name); err != nil || o.String() != name {
			t.Errorf("%s is %v, %v", name, o, err)
		}
	}
}

func TestVersion1Packets(t *testing.T) {
	t.Parallel()
	got, err := Read(strings.NewReader(`{"version": 1,
		"packets": [
			{"direction": "out", "protocol": "TCP", "source": "10.0.0.1:4711", "destination": "10.0.0.2:1337", "flags": "ACK FIN", "length": 52},
			{"direction": "in", "protocol": "ICMPv6", "source": "fe80::1", "destination": "[ff02::2]:0"},
			{"direction": "in", "protocol": "132", "source": "", "destination": ""}],
		"hooks": [{"hook": "UDP send", "family": "inet", "local": "0.0.0.0:0", "peer": "10.0.0.2:1337"}, {"family": "inet6"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	address := netip.MustParseAddrPort
	packets := []Packet{
		{Direction: Out, Protocol: TCP, Source: address("10.0.0.1:4711"), Dest: address("10.0.0.2:1337"), Flags: ACK | FIN, Length: 52},
		{Direction: In, Protocol: ICMPv6, Source: address("[fe80::1]:0"), Dest: address("[ff02::2]:0")},
		{Direction: In, Protocol: "132"},
	}
	if diff := cmp.Diff(packets, got[0].Packets, addresses); diff != "" {
		t.Errorf("packets (-want +got):\n%s", diff)
	}
	hooks := []Hook{{Hook: "UDP send", Family: kernel.Inet, Local: address("0.0.0.0:0"), Peer: address("10.0.0.2:1337")}, {Family: kernel.Inet6}}
	if diff := cmp.Diff(hooks, got[0].Hooks, addresses); diff != "" {
		t.Errorf("hooks (-want +got):\n%s", diff)
	}
}

// TestVersion1Refuses: what version 1 never wrote is not taken for nothing.
func TestVersion1Refuses(t *testing.T) {
	t.Parallel()
	for rows, want := range map[string]string{
		`"syscalls": [{"name": "connect", "args": "nowhere"}]`:              "connect(nowhere): not an ip:port",
		`"syscalls": [{"name": "read", "args": "many bytes"}]`:              `read(many bytes): strconv.Atoi: parsing "many": invalid syntax`,
		`"syscalls": [{"name": "sendto", "args": "9 bytes, x"}]`:            "sendto(9 bytes, x): not an ip:port",
		`"syscalls": [{"name": "setsockopt", "args": "SO_WHAT"}]`:           "setsockopt(SO_WHAT): strconv.Atoi: parsing",
		`"syscalls": [{"name": "close", "args": "now"}]`:                    "close(now): this call had no such text",
		`"packets": [{"source": "10.0.0.1:1", "destination": "elsewhere"}]`: "not an ip:port",
		`"hooks": [{"peer": "somebody"}]`:                                   "not an ip:port",
	} {
		_, err := Read(strings.NewReader(`{"version": 1, ` + rows + `}`))
		if err == nil || !strings.HasPrefix(err.Error(), "not a trace of version 1: "+want) {
			t.Errorf("%s: error %v, want %s", rows, err, want)
		}
	}
}
