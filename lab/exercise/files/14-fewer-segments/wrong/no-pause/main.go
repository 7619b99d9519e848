// It reports all readings at once, as if they had all been there.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
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

	for i := range 8 {
		_, err = fmt.Fprintf(conn, "reading %d\n", i+1)
		if err != nil {
			log.Fatal(err)
		}
	}
}
