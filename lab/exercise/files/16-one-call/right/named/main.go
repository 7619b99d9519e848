// The socket has no peer: each message names the server, and is made of two buffers. What the
// program writes elsewhere meanwhile, to a log on another socket, is nobody's affair.
package main

import (
	"fmt"
	"log"
	"net"
	"os"

	"golang.org/x/net/ipv4"
)

func main() {
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	diary, err := net.Dial("udp", "127.0.0.1:514")
	if err != nil {
		log.Fatal(err)
	}
	defer diary.Close()
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	fmt.Fprint(diary, "it begins")
	var batch []ipv4.Message
	for i := range 32 {
		reading := [][]byte{[]byte("reading "), fmt.Append(nil, i+1)}
		batch = append(batch, ipv4.Message{Buffers: reading, Addr: server})
	}
	n, err := ipv4.NewPacketConn(conn).WriteBatch(batch, 0)
	if err != nil || n < len(batch) {
		log.Fatal(n, err)
	}
	fmt.Fprint(diary, "that was it")
}
