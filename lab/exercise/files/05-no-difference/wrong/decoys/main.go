// Two decoys are alike, and are dialed first.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	address := os.Getenv("DIALPATH_ADDR")
	d, err := net.Dial("udp", address)
	check(err)
	d.Close()
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	t, err := net.DialUDP("udp", nil, remote)
	check(err)
	t.Close()
	dialed, err := net.Dial("udp", address)
	check(err)
	defer dialed.Close()
	typed, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(10, 0, 0, 1)}, remote)
	check(err)
	defer typed.Close()
	fmt.Fprint(dialed, "something")
}
