// Send a report of 66000 bytes to a server, in datagrams. It does not answer.
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
	_, err = conn.Write(report)
	if err != nil {
		log.Fatal(err)
	}
}
