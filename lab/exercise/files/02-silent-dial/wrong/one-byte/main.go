// It reads one byte of the answer. The rest of the datagram is gone.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, "something")
	check(err)
	buf := make([]byte, 1)
	n, err := conn.Read(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
