// It hopes that Go tries IPv4, too, when IPv6 does not answer. That is for TCP, where a
// dial can fail.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	dialer := net.Dialer{FallbackDelay: 10 * time.Millisecond}
	conn, err := dialer.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = fmt.Fprint(conn, "anybody home?")
	if err != nil {
		log.Fatal(err)
	}

	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
}
