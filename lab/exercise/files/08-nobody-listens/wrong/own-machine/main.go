// It asks its own machine, where nobody listens either.
package main

import (
	"fmt"
	"log"
	"net"
	"time"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	conn, err := net.Dial("udp", "127.0.0.1:1337")
	check(err)
	fmt.Fprint(conn, "something")
	conn.SetReadDeadline(time.Now().Add(time.Second))
	_, err = conn.Read(make([]byte, 100))
	fmt.Println(err)
}
