// The address is a value, and recvmsg(2) gets its buffer by way of a list; but there is a new
// one each time.
package main

import (
	"log"
	"net"
	"net/netip"
	"os"
)

// room is no constant: a buffer that the compiler knew the size of would be on the stack.
var room = 2048

func main() {
	local, err := netip.ParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(local))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	for {
		buf := make([]byte, room)
		n, _, _, addr, err := conn.ReadMsgUDPAddrPort(buf, nil)
		if err != nil {
			log.Fatal(err)
		}
		_, err = conn.WriteToUDPAddrPort(buf[:n], addr)
		if err != nil {
			log.Fatal(err)
		}
	}
}
