// One line more: the read has a deadline.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	answer, err := ask(os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", answer)
}

func ask(server string) ([]byte, error) {
	conn, err := net.Dial("udp", server)
	if err != nil {
		return nil, err
	}
	defer conn.Close()

	_, err = fmt.Fprint(conn, "something")
	if err != nil {
		return nil, err
	}

	conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	return buf[:n], err
}
