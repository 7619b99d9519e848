// Its datagrams have the right size, and nothing of the report in them.
package main

import (
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

	for range 66 {
		_, err = conn.Write(make([]byte, 1000))
		if err != nil {
			log.Fatal(err)
		}
	}
}
