// Without the third dial, other numbers would be right.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	for _, network := range []string{"tcp", "udp"} {
		conn, err := net.Dial(network, os.Getenv("DIALPATH_ADDR"))
		if err != nil {
			log.Fatal(err)
		}
		conn.Close()
	}
}
