// To write once more is the right thing on a connected socket. This one is not.
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

	time.Sleep(100 * time.Millisecond)
	_, err = conn.WriteTo([]byte("something"), server)
	if err != nil {
		fmt.Println(err)
	}
}
