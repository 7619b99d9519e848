package probes

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// AF_INET6 in include/linux/socket.h.
const afInet6 = 10

// text returns the string in a C array.
func text(c []byte) string {
	s, _, _ := bytes.Cut(c, []byte{0})
	return string(s)
}

// address returns an address out of a field that has room for either family. An
// IPv4 address in IPv6's clothes (::ffff:10.0.0.1), as dual-stack sockets have
// it, is undressed.
func address(field [16]byte, ipv6 bool) netip.Addr {
	if !ipv6 {
		return netip.AddrFrom4([4]byte(field[:4]))
	}
	return netip.AddrFrom16(field).Unmap()
}

// bigEndian returns a port that was read as it stands in a header.
func bigEndian(port uint16) uint16 {
	return binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, port))
}
