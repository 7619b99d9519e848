// Sends dials over UDP and sends one datagram, by a function that gets inlined.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	conn, err := net.Dial("udp4", "127.0.0.1:9")
	if err == nil {
		err = send(conn)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func send(conn net.Conn) error {
	_, err := fmt.Fprintf(conn, "something")
	return err
}
