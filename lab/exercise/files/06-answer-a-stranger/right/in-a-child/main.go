// A child, which has inherited the socket, receives and answers.
package main

import (
	"log"
	"net"
	"os"
	"os/exec"
	"syscall"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	if len(os.Args) > 1 {
		buf := make([]byte, 1024)
		n, asker, err := syscall.Recvfrom(3, buf, 0)
		check(err)
		check(syscall.Sendto(3, buf[:n], 0, asker))
		return
	}
	address, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	conn, err := net.ListenUDP("udp", address)
	check(err)
	defer conn.Close()
	file, err := conn.File()
	check(err)

	child := exec.Command(os.Args[0], "child")
	child.ExtraFiles = []*os.File{file}
	child.Stderr = os.Stderr
	check(child.Run())
}
