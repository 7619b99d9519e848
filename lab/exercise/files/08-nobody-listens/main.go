// Say something to a server that is not there, and hear that it is not.
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
	conn, err := net.ListenPacket("udp", "")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = conn.WriteTo([]byte("something"), server)
	if err != nil {
		log.Fatal(err)
	}

	conn.SetReadDeadline(time.Now().Add(time.Second))
	buf := make([]byte, 1024)
	n, _, err := conn.ReadFrom(buf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", buf[:n])
}
