// It sends what fits into a packet, and nothing of the rest.
package main

import (
	"bytes"
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

	report := bytes.Repeat([]byte("dialpath"), 66000/8)
	_, err = conn.Write(report[:1472])
	if err != nil {
		log.Fatal(err)
	}
}
