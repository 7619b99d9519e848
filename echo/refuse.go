package echo

import "net"

// refusal says why a datagram from a UDP address must not be answered, or is
// empty. Some services answer whatever they get, so that one forged datagram
// would make them and this server answer each other for ever (CVE-2024-2169).
// The same holds for another echo server on this server's own port, and for
// this server itself: their datagrams come from the port that is ours.
//
// Two echo servers on two different ports cannot know each other from clients.
func refusal(from, own net.Addr) string {
	peer, ok := from.(*net.UDPAddr)
	if !ok {
		return ""
	}
	switch peer.Port {
	case 7:
		return "echo-port"
	case 13:
		return "daytime-port"
	case 17:
		return "qotd-port"
	case 19:
		return "chargen-port"
	case 37:
		return "time-port"
	case 53:
		return "dns-port"
	case 69:
		return "tftp-port"
	case 123:
		return "ntp-port"
	}
	if self, ok := own.(*net.UDPAddr); ok && self.Port == peer.Port {
		return "own-port"
	}
	return ""
}
