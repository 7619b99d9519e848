package export

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// TestArguments: what a call has is there by its name; that it has no descriptor, no value
// or no time-out is told by nothing.
func TestArguments(t *testing.T) {
	t.Parallel()
	size := int64(1472)
	for name, test := range map[string]struct {
		call trace.Syscall
		want args
	}{
		"socket": {
			trace.Syscall{FD: -1, Return: 5, Family: kernel.Inet, Type: kernel.Datagram},
			args{"return": int64(5), "family": "AF_INET", "type": "SOCK_DGRAM"},
		},
		"setsockopt": {
			trace.Syscall{FD: 5, Option: trace.Option{Option: kernel.UDPSegment, Length: 4, Value: &size}},
			args{"return": int64(0), "fd": 5, "option": "UDP_SEGMENT", "value": size},
		},
		"an option without a value": {
			trace.Syscall{FD: 5, Option: trace.Option{Option: kernel.UDPSegment, Length: 64}},
			args{"return": int64(0), "fd": 5, "option": "UDP_SEGMENT"},
		},
		"sendto": {
			trace.Syscall{FD: 5, Return: -1, Errno: "EAGAIN", Size: 7, Address: netip.MustParseAddrPort("10.0.0.2:1337")},
			args{"return": int64(-1), "errno": "EAGAIN", "fd": 5, "bytes": 7, "address": "10.0.0.2:1337"},
		},
		"a wait": {
			trace.Syscall{FD: 4, Timeout: 200 * time.Millisecond},
			args{"return": int64(0), "fd": 4, "timeout": "200ms"},
		},
		"a wait for ever": {
			trace.Syscall{FD: 4, Timeout: trace.ForEver},
			args{"return": int64(0), "fd": 4, "timeout": "for ever"},
		},
	} {
		got := arguments(test.call)
		for key, value := range got {
			if value == "" { // left out of the file
				delete(got, key)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
