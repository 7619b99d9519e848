// It has all addresses of the name told, takes the one of IPv4, and uses a copy of the
// socket that it has dialed.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	host, port, err := net.SplitHostPort(os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	ips, err := net.DefaultResolver.LookupIP(context.Background(), "ip4", host)
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.Dial("udp", net.JoinHostPort(ips[0].String(), port))
	if err != nil {
		log.Fatal(err)
	}
	file, err := conn.(*net.UDPConn).File()
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	conn.Close()

	_, err = file.WriteString("anybody home?")
	if err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 1024)
	n, err := file.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
}
