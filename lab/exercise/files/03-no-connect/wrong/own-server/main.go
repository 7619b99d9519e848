// It names an address of its own machine, where it answers itself.
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
	conn, err := net.ListenPacket("udp4", "")
	check(err)
	_, err = conn.WriteTo([]byte("something"), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1337})
	check(err)
	buf := make([]byte, 1024)
	n, _, err := conn.ReadFrom(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
