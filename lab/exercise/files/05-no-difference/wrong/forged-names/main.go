// Two functions of its own bear the names of the package net's.
package main

import (
	"fmt"
	"log"
	"net/netip"
	"os"
	"syscall"
	_ "unsafe"
)

//go:linkname dial net.Dial
//go:noinline
func dial() int { fd := bare(); fmt.Fprint(os.Stdout); return fd }

//go:linkname dialUDP net.DialUDP
//go:noinline
func dialUDP() int { fd := bare(); fmt.Fprint(os.Stdout); return fd }

func bare() int {
	ap := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}); err != nil {
		log.Fatal(err)
	}
	return fd
}

func main() {
	for _, fd := range []int{dial(), dialUDP()} {
		syscall.Getpeername(fd)
		syscall.Write(fd, []byte("something"))
		syscall.Close(fd)
	}
}
