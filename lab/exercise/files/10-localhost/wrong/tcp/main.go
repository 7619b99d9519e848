// Over TCP, Go does try both addresses, but at neither of them a TCP server listens.
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

	_, err = fmt.Fprint(conn, "anybody home?")
	if err != nil {
		log.Fatal(err)
	}
}
