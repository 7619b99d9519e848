// It asks again when it was refused, and is refused again: the socket is still connected
// to the same address.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
)

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	buf := make([]byte, 1024)
	for range 3 {
		_, err = fmt.Fprint(conn, "anybody home?")
		if err != nil {
			log.Fatal(err)
		}
		n, err := conn.Read(buf)
		if errors.Is(err, syscall.ECONNREFUSED) {
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n", buf[:n])
		return
	}
}
