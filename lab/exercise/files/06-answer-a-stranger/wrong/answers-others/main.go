// It answers the asker, and somebody besides who has not asked.
package main

import (
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
	address, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	conn, err := net.ListenUDP("udp", address)
	check(err)
	defer conn.Close()

	buf := make([]byte, 1024)
	n, asker, err := conn.ReadFromUDP(buf)
	check(err)
	for _, port := range []int{asker.Port, 4000, 4001} {
		_, err = conn.WriteToUDP(buf[:n], &net.UDPAddr{IP: asker.IP, Port: port})
		check(err)
	}
}
