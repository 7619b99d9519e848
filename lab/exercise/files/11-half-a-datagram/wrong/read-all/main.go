// io.ReadAll begins with a buffer of 512 bytes and lets it grow: too late for a datagram.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = fmt.Fprint(conn, "tell me all")
	if err != nil {
		log.Fatal(err)
	}

	conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	answer, err := io.ReadAll(conn)
	fmt.Printf("%s\n", answer)
	if err != nil {
		log.Fatal(err)
	}
}
