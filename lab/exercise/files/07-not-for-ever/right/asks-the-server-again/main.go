// Three times it asks the server, and waits, as DNS resolvers do.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	_, err = fmt.Fprint(conn, "something")
	check(err)
	buf := make([]byte, 1024)
	for range 3 {
		conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		_, err = conn.Read(buf)
		fmt.Fprint(conn, "something")
	}
	fmt.Println(err)
	conn.Close()
}
