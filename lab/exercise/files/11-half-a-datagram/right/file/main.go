// It reads from a copy of the descriptor, as a file: the copy is the same socket.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
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

	file, err := conn.(*net.UDPConn).File()
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	buf := make([]byte, 1001) // one byte more than is expected
	n, err := file.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
}
