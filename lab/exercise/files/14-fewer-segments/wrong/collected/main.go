// It collects all readings and sends them at the end, by one write.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	conn, err := net.Dial("tcp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	greeting := make([]byte, 1)
	_, err = conn.Read(greeting)
	if err != nil {
		log.Fatal(err)
	}

	w := bufio.NewWriter(conn)
	for i := range 8 {
		_, err = fmt.Fprintf(w, "reading %d\n", i+1)
		if err != nil {
			log.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond)
	}
	err = w.Flush()
	if err != nil {
		log.Fatal(err)
	}
}
