// The addresses are alike, but only one of them says something.
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

	_, err = fmt.Fprint(dialed, "something")
	if err != nil {
		log.Fatal(err)
	}
}
