// It takes nothing of the first datagram: room for 0 bytes. That throws it out of the queue, in
// which it was.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
	"time"
)

func main() {
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	_, err = conn.WriteTo([]byte("who are you?"), server)
	if err != nil {
		log.Fatal(err)
	}

	raw, err := conn.SyscallConn()
	if err != nil {
		log.Fatal(err)
	}
	raw.Read(func(fd uintptr) bool {
		_, _, err = syscall.Recvfrom(int(fd), nil, 0)
		return err != syscall.EAGAIN
	})
	if err != nil {
		log.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	buf := make([]byte, 1024)
	n, from, err := conn.ReadFrom(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v: %s\n", from, buf[:n])
}
