// It asks for a small send buffer, in the hope that nothing can gather there. The kernel
// does not make it smaller than a few kilobytes.
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

	tcp := conn.(*net.TCPConn)
	err = tcp.SetNoDelay(false)
	if err != nil {
		log.Fatal(err)
	}
	err = tcp.SetWriteBuffer(10)
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
		time.Sleep(2 * time.Millisecond)
	}
}
