// Twice the same is alike, of course.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	for range 2 {
		conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
		if err != nil {
			log.Fatal(err)
		}
		conn.Close()
	}
}
