// It is its own server: what it dials is on its own machine.
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
	conn, err := net.Dial("udp", "127.0.0.1:1337")
	check(err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, "something")
	check(err)
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
