// It switches Nagle's algorithm on and thinks better of it, before the first write.
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

	for _, off := range []bool{false, true} {
		err = conn.(*net.TCPConn).SetNoDelay(off)
		if err != nil {
			log.Fatal(err)
		}
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
