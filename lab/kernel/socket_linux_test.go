package kernel_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
)

// TestSocketNumbers holds the tables of numbers against those of golang.org/x/sys, which are
// this system's.
func TestSocketNumbers(t *testing.T) {
	t.Parallel()
	for number, want := range map[uint16]string{
		unix.AF_UNSPEC: "AF_UNSPEC", unix.AF_UNIX: "AF_UNIX", unix.AF_INET: "AF_INET", unix.AF_INET6: "AF_INET6", unix.AF_NETLINK: "AF_NETLINK",
		unix.AF_PACKET: "AF_PACKET", unix.AF_ALG: "AF_ALG", unix.AF_VSOCK: "AF_VSOCK", unix.AF_XDP: "AF_XDP", 45: "family 45",
	} {
		if got := kernel.FamilyOf(number).String(); got != want {
			t.Errorf("family %d is %s, want %s", number, got, want)
		}
	}
	for number, want := range map[uint32]string{
		unix.SOCK_STREAM: "SOCK_STREAM", unix.SOCK_DGRAM | unix.SOCK_CLOEXEC: "SOCK_DGRAM", unix.SOCK_RAW | unix.SOCK_NONBLOCK: "SOCK_RAW",
		unix.SOCK_RDM: "SOCK_RDM", unix.SOCK_SEQPACKET: "SOCK_SEQPACKET", 7: "type 7",
	} {
		if got := kernel.SocketTypeOf(number).String(); got != want {
			t.Errorf("type %d is %s, want %s", number, got, want)
		}
	}
	if kernel.NonBlocking != unix.SOCK_NONBLOCK || kernel.CloseOnExec != unix.SOCK_CLOEXEC {
		t.Errorf("flags %#o and %#o", kernel.NonBlocking, kernel.CloseOnExec)
	}
	if none := kernel.Family("").String() + kernel.SocketType("").String(); none != "" {
		t.Errorf("nothing is called %q", none)
	}
}

func TestOptionNumbers(t *testing.T) {
	t.Parallel()
	levels := map[int]map[string]int{
		unix.SOL_SOCKET: {
			"SO_REUSEADDR": unix.SO_REUSEADDR, "SO_TYPE": unix.SO_TYPE, "SO_ERROR": unix.SO_ERROR, "SO_BROADCAST": unix.SO_BROADCAST, "SO_SNDBUF": unix.SO_SNDBUF,
			"SO_RCVBUF": unix.SO_RCVBUF, "SO_KEEPALIVE": unix.SO_KEEPALIVE, "SO_LINGER": unix.SO_LINGER, "SO_REUSEPORT": unix.SO_REUSEPORT,
			"SO_RCVTIMEO": unix.SO_RCVTIMEO, "SO_SNDTIMEO": unix.SO_SNDTIMEO, "SO_ATTACH_FILTER": unix.SO_ATTACH_FILTER, "SO_ATTACH_BPF": unix.SO_ATTACH_BPF,
		},
		unix.IPPROTO_IP:   {"IP_TTL": unix.IP_TTL, "IP_PKTINFO": unix.IP_PKTINFO, "IP_RECVERR": unix.IP_RECVERR},
		unix.IPPROTO_IPV6: {"IPV6_RECVERR": unix.IPV6_RECVERR, "IPV6_V6ONLY": unix.IPV6_V6ONLY, "IPV6_RECVPKTINFO": unix.IPV6_RECVPKTINFO},
		unix.IPPROTO_TCP: {
			"TCP_NODELAY": unix.TCP_NODELAY, "TCP_CORK": unix.TCP_CORK, "TCP_KEEPIDLE": unix.TCP_KEEPIDLE, "TCP_KEEPINTVL": unix.TCP_KEEPINTVL, "TCP_KEEPCNT": unix.TCP_KEEPCNT,
			"TCP_USER_TIMEOUT": unix.TCP_USER_TIMEOUT,
		},
		unix.IPPROTO_UDP: {"UDP_SEGMENT": unix.UDP_SEGMENT, "UDP_GRO": unix.UDP_GRO},
	}
	known := 0
	for level, names := range levels {
		for want, name := range names {
			known++
			if got := (kernel.Option{Level: level, Name: name}).String(); got != want {
				t.Errorf("option %d of level %d is %s, want %s", name, level, got, want)
			}
		}
	}
	if n := len(kernel.Options()); n != known {
		t.Errorf("%d options are in the table, and %d of them are checked", n, known)
	}
	if got := (kernel.Option{Level: 0, Name: 99}).String(); got != "level 0, option 99" {
		t.Errorf("an unknown one is %s", got)
	}
}

func TestMessageFlags(t *testing.T) {
	t.Parallel()
	for flags, want := range map[kernel.MessageFlags]string{
		0: "",
		unix.MSG_OOB | unix.MSG_PEEK | unix.MSG_DONTROUTE | unix.MSG_CTRUNC: "MSG_OOB|MSG_PEEK|MSG_DONTROUTE|MSG_CTRUNC",
		unix.MSG_TRUNC | unix.MSG_DONTWAIT | unix.MSG_EOR:                   "MSG_TRUNC|MSG_DONTWAIT|MSG_EOR",
		unix.MSG_WAITALL | unix.MSG_CONFIRM | unix.MSG_ERRQUEUE:             "MSG_WAITALL|MSG_CONFIRM|MSG_ERRQUEUE",
		unix.MSG_NOSIGNAL | unix.MSG_MORE | unix.MSG_WAITFORONE:             "MSG_NOSIGNAL|MSG_MORE|MSG_WAITFORONE",
		unix.MSG_ZEROCOPY | unix.MSG_FASTOPEN | unix.MSG_CMSG_CLOEXEC:       "MSG_ZEROCOPY|MSG_FASTOPEN|MSG_CMSG_CLOEXEC",
		unix.MSG_PEEK | unix.MSG_BATCH:                                      "MSG_PEEK|0x40000",
	} {
		if got := flags.String(); got != want {
			t.Errorf("%#x is %s, want %s", uint32(flags), got, want)
		}
	}
}

func TestDescriptorNumbers(t *testing.T) {
	t.Parallel()
	for number, want := range map[uint32]string{
		unix.F_DUPFD: "F_DUPFD", unix.F_GETFD: "F_GETFD", unix.F_SETFD: "F_SETFD", unix.F_GETFL: "F_GETFL", unix.F_SETFL: "F_SETFL",
		unix.F_DUPFD_CLOEXEC: "F_DUPFD_CLOEXEC", 99: "command 99",
	} {
		if got := kernel.FcntlCommandOf(number).String(); got != want {
			t.Errorf("command %d is %s, want %s", number, got, want)
		}
	}
	for number, want := range map[uint32]string{
		unix.TIOCOUTQ: "TIOCOUTQ", unix.TIOCINQ: "FIONREAD", 0x5421: "FIONBIO", unix.SIOCATMARK: "SIOCATMARK",
		unix.SIOCGIFCONF: "SIOCGIFCONF", unix.SIOCGIFFLAGS: "SIOCGIFFLAGS", unix.SIOCGIFADDR: "SIOCGIFADDR", unix.SIOCGIFMTU: "SIOCGIFMTU",
		unix.SIOCGIFINDEX: "SIOCGIFINDEX", 9: "request 0x9",
	} {
		if got := kernel.IoctlName(number); got != want {
			t.Errorf("request %#x is %s, want %s", number, got, want)
		}
	}
	for number, want := range map[uint32]kernel.EpollOp{unix.EPOLL_CTL_ADD: "add", unix.EPOLL_CTL_DEL: "del", unix.EPOLL_CTL_MOD: "mod", 9: "9"} {
		if got := kernel.EpollOpOf(number); got != want {
			t.Errorf("operation %d is %s, want %s", number, got, want)
		}
	}
}
