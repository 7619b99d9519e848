// The dials are made by another goroutine, on a thread of its own.
package main

import (
	"log"
	"net"
	"os"
	"runtime"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	done := make(chan bool)
	go func() {
		runtime.LockOSThread()
		address := os.Getenv("DIALPATH_ADDR")
		tcp, err := net.Dial("tcp", address)
		check(err)

		tcp.Close()
		udp, err := net.Dial("udp", address)
		check(err)

		udp.Close()
		raddr, err := net.ResolveUDPAddr("udp", address)
		check(err)
		typed, err := net.DialUDP("udp", nil, raddr)
		check(err)

		typed.Close()

		done <- true
	}()
	<-done
}
