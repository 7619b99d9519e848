// It waits so long after each write that the ACK has come before the next one. Each leaves
// at once, then, and Nagle's algorithm is as it was.
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
		time.Sleep(300 * time.Millisecond)
	}
}
