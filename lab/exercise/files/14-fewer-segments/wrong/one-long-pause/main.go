// It pauses once, until the first ACK has come. What it writes afterwards waits as before.
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

	err = conn.(*net.TCPConn).SetNoDelay(false)
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
		if i == 0 {
			time.Sleep(60 * time.Millisecond)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
