// Say something to two servers, and read their answers.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	first, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	second := &net.UDPAddr{IP: first.IP, Port: first.Port + 1}

	for _, server := range []*net.UDPAddr{first, second} {
		conn, err := net.DialUDP("udp", nil, server)
		if err != nil {
			log.Fatal(err)
		}
		defer conn.Close()

		_, err = conn.Write([]byte("something"))
		if err != nil {
			log.Fatal(err)
		}

		buf := make([]byte, 1024)
		n, err := conn.Read(buf)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s from %v\n", buf[:n], server)
	}
}
