// Five more datagrams leave by a copy of the one's descriptor.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	address := os.Getenv("DIALPATH_ADDR")
	dialed, err := net.Dial("udp", address)
	check(err)
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, remote)
	check(err)
	f, err := typed.File()
	check(err)
	for range 5 {
		syscall.Write(int(f.Fd()), []byte("more"))
	}
	for _, conn := range []net.Conn{dialed, typed} {
		_, err = fmt.Fprint(conn, "something")
		check(err)
	}
	typed.Close()
	dialed.Close()
}
