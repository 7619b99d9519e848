// One system call, but one datagram as well: all readings are in it.
package main

import (
	"bytes"
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

	var all bytes.Buffer
	for i := range 32 {
		fmt.Fprintf(&all, "reading %d", i+1)
	}
	_, err = conn.Write(all.Bytes())
	if err != nil {
		log.Fatal(err)
	}
}
