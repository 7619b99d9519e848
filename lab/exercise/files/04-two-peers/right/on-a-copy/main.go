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
	second := &net.UDPAddr{IP: server.IP, Port: server.Port + 1}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	f := os.NewFile(uintptr(fd), "udp")
	conn, err := net.FilePacketConn(f)
	check(err)
	f.Close()
	defer conn.Close()
	b := make([]byte, 1024)
	for _, s := range []*net.UDPAddr{server, second} {
		_, err = conn.WriteTo([]byte("something"), s)
		check(err)
	}
	for range 2 {
		n, f, err := conn.ReadFrom(b)
		check(err)
		fmt.Printf("%s %v\n", b[:n], f)
	}
}
