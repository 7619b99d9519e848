// A bare socket is handed to the package net, which makes a copy.
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
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	f := os.NewFile(uintptr(fd), "udp")
	conn, err := net.FilePacketConn(f)
	check(err)
	f.Close()
	defer conn.Close()
	_, err = conn.WriteTo([]byte("something"), server)
	check(err)
	buf := make([]byte, 1024)
	n, _, err := conn.ReadFrom(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
