// Both dial an address of their own machine.
package main

import (
	"fmt"
	"log"
	"net"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	{
		c, err := net.ListenPacket("udp4", "127.0.0.1:1337")
		check(err)
		go func() {
			b := make([]byte, 2048)
			for {
				n, from, err := c.ReadFrom(b)
				if err != nil {
					return
				}
				c.WriteTo(b[:n], from)
			}
		}()
	}
	address := "127.0.0.1:1337"
	dialed, err := net.Dial("udp", address)
	check(err)
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, remote)
	check(err)
	for _, conn := range []net.Conn{dialed, typed} {
		_, err = fmt.Fprint(conn, "something")
		check(err)
	}
	typed.Close()
	dialed.Close()
}
