// It waits for a while, and does not read: had an answer come, it would not know.
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

	time.Sleep(500 * time.Millisecond)
	return nil, nil
}
