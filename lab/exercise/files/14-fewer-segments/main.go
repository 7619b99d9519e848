// Report eight readings to a server, ten bytes each, as soon as there is one. Each must
// leave at once.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	conn, err := net.Dial("tcp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	err = conn.(*net.TCPConn).SetNoDelay(false) // it saves packets
	if err != nil {
		log.Fatal(err)
	}

	greeting := make([]byte, 1)
	_, err = conn.Read(greeting)
	if err != nil {
		log.Fatal(err)
	}

	for i := range 8 {
		_, err = fmt.Fprintf(conn, "reading %d\n", i+1)
		if err != nil {
			log.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond) // until there is the next one
	}
}
