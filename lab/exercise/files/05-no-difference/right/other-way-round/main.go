// DialUDP's comes first, and each is used by a goroutine of its own.
package main

import (
	"log"
	"net"
	"os"
	"sync"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	address := os.Getenv("DIALPATH_ADDR")
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			var c net.Conn
			var err error
			if i == 0 {
				c, err = net.DialUDP("udp", nil, remote)
			} else {
				c, err = net.Dial("udp", address)
			}
			check(err)
			u := c.(*net.UDPConn)
			u.SetReadBuffer(9999)
			u.WriteMsgUDP([]byte("something"), nil, nil)
			b := make([]byte, 100)
			u.ReadMsgUDP(b, nil)
			u.Close()
		})
	}
	wg.Wait()
}
