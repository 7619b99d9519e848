package kernel

import (
	"fmt"
	"maps"
	"slices"
)

// An Option is a socket option: its name is a number at a level, which is a number, too.
// They are Linux's, the same on amd64 and arm64.
type Option struct {
	Level int `json:"level"` // SOL_SOCKET is 1; any other is a protocol's number
	Name  int `json:"name"`  // as SO_BROADCAST, which is 6
}

// The levels of options: SOL_SOCKET (include/uapi/asm-generic/socket.h), and those of
// protocols (include/uapi/linux/in.h).
const (
	levelSocket = 1
	levelIP     = 0
	levelTCP    = 6
	levelUDP    = 17
	levelIPv6   = 41
)

// The options that exercises speak of.
var (
	AttachFilter = Option{levelSocket, 26} // a program chooses what the socket takes
	AttachBPF    = Option{levelSocket, 50} // likewise
	TCPNoDelay   = Option{levelTCP, 1}     // a small segment waits for no ACK
	TCPCork      = Option{levelTCP, 3}     // nothing leaves that does not fill a segment
	UDPSegment   = Option{levelUDP, 103}   // the kernel cuts what is written into datagrams
	IPRecvErr    = Option{levelIP, 11}     // a socket without a peer is told of errors, too
	IPv6RecvErr  = Option{levelIPv6, 25}   // likewise
	SocketError  = Option{levelSocket, 4}  // hands an error over that waits on the socket
)

// joining are the options by which a program joins a multicast group: IP_ADD_MEMBERSHIP and
// those of its kind (include/uapi/linux/in.h, in6.h).
var joining = []Option{
	{levelIP, 35}, {levelIP, 39}, {levelIP, 42}, {levelIP, 46},
	{levelIPv6, 20}, {levelIPv6, 42}, {levelIPv6, 46},
}

// Joins tells whether to set an option is to join a multicast group, which the kernel tells
// the routers around by a packet of its own.
func (o Option) Joins() bool { return slices.Contains(joining, o) }

// options have the kernel's names for options that Go programs set, or ask for.
var options = map[Option]string{
	{levelSocket, 2}:  "SO_REUSEADDR",
	{levelSocket, 3}:  "SO_TYPE",
	{levelSocket, 6}:  "SO_BROADCAST",
	{levelSocket, 7}:  "SO_SNDBUF",
	{levelSocket, 8}:  "SO_RCVBUF",
	{levelSocket, 9}:  "SO_KEEPALIVE",
	{levelSocket, 13}: "SO_LINGER",
	{levelSocket, 15}: "SO_REUSEPORT",
	{levelSocket, 20}: "SO_RCVTIMEO",
	{levelSocket, 21}: "SO_SNDTIMEO",
	SocketError:       "SO_ERROR",
	AttachFilter:      "SO_ATTACH_FILTER",
	AttachBPF:         "SO_ATTACH_BPF",

	{levelIP, 2}: "IP_TTL",
	{levelIP, 8}: "IP_PKTINFO",
	IPRecvErr:    "IP_RECVERR",

	IPv6RecvErr:     "IPV6_RECVERR",
	{levelIPv6, 26}: "IPV6_V6ONLY",
	{levelIPv6, 49}: "IPV6_RECVPKTINFO",

	TCPNoDelay:     "TCP_NODELAY",
	TCPCork:        "TCP_CORK",
	{levelTCP, 4}:  "TCP_KEEPIDLE",
	{levelTCP, 5}:  "TCP_KEEPINTVL",
	{levelTCP, 6}:  "TCP_KEEPCNT",
	{levelTCP, 18}: "TCP_USER_TIMEOUT",

	UDPSegment:      "UDP_SEGMENT",
	{levelUDP, 104}: "UDP_GRO",
}

// Options returns the options whose names the lab knows, with them.
func Options() map[Option]string { return maps.Clone(options) }

// String returns the kernel's name for an option; "level 0, option 99" for one whose name the
// lab does not know.
func (o Option) String() string {
	if name := options[o]; name != "" {
		return name
	}
	return fmt.Sprintf("level %d, option %d", o.Level, o.Name)
}
