// What it writes to a diary, over a connection of its own on its own machine, may wait for
// whatever it likes: that is not what the readings go over.
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

	diary, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer diary.Close()
	entry, err := net.Dial("tcp", diary.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer entry.Close()
	err = entry.(*net.TCPConn).SetNoDelay(false)
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
		_, err = fmt.Fprintf(entry, "reported %d\n", i+1)
		if err != nil {
			log.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond) // until there is the next one
	}
}
