// The read waits for ever, and the program is ended under it.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	time.AfterFunc(500*time.Millisecond, func() {
		log.Fatal("it takes too long")
	})
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

	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	return buf[:n], err
}
