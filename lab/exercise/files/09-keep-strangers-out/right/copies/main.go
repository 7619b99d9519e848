// It asks and reads on a copy of the dialed socket, which has the same peer; and what it tells
// itself meanwhile, over another socket, is from no stranger.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	dialed, err := net.DialUDP("udp", nil, server)
	if err != nil {
		log.Fatal(err)
	}
	file, err := dialed.File()
	if err != nil {
		log.Fatal(err)
	}
	dialed.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	file.Close()

	own, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		log.Fatal(err)
	}
	defer own.Close()
	buf := make([]byte, 1024)
	_, err = own.WriteTo([]byte("to do: ask"), own.LocalAddr())
	if err != nil {
		log.Fatal(err)
	}
	_, _, err = own.ReadFrom(buf)
	if err != nil {
		log.Fatal(err)
	}

	_, err = conn.Write([]byte("who are you?"))
	if err != nil {
		log.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	n, err := conn.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v: %s\n", conn.RemoteAddr(), buf[:n])
}
