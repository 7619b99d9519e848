// It asks the server, and reads what it has sent to itself.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	own, err := net.ListenPacket("udp4", "127.0.0.1:0")
	check(err)
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, "something")
	check(err)
	own.WriteTo([]byte("something"), own.LocalAddr())
	buf := make([]byte, 1024)
	n, _, err := own.ReadFrom(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
