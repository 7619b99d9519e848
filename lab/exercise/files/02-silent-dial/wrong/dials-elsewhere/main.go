// It dials others than the server: by an address that no road leads to, and by a name,
// which is asked for by connect(2) and write(2), too.
package main

import (
	"fmt"
	"net"
)

func main() {
	for _, dial := range [][2]string{{"tcp", "8.8.8.8:53"}, {"udp", "example.com:53"}} {
		conn, err := net.Dial(dial[0], dial[1])
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Fprint(conn, "something")
		conn.Close()
	}
}
