// Neither chooses an address of its own, and both say the same.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	address := os.Getenv("DIALPATH_ADDR")

	dialed, err := net.Dial("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	defer dialed.Close()

	remote, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	typed, err := net.DialUDP("udp", nil, remote)
	if err != nil {
		log.Fatal(err)
	}
	defer typed.Close()

	for _, conn := range []net.Conn{dialed, typed} {
		_, err = fmt.Fprint(conn, "something")
		if err != nil {
			log.Fatal(err)
		}
	}
}
