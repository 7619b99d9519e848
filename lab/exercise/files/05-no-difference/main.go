// Dial a server in two ways, and say something. Two sockets, and the kernel should not be
// able to tell which is which.
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

	local, err := net.ResolveUDPAddr("udp", "10.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	remote, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	typed, err := net.DialUDP("udp", local, remote)
	if err != nil {
		log.Fatal(err)
	}
	defer typed.Close()

	_, err = fmt.Fprint(dialed, "something")
	if err != nil {
		log.Fatal(err)
	}
}
