// A child, which has inherited the dialed socket, writes and reads.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	if len(os.Args) > 1 {
		conn, err := net.FileConn(os.NewFile(3, "udp"))
		check(err)
		_, err = fmt.Fprint(conn, "something")
		check(err)
		buf := make([]byte, 1024)
		n, err := conn.Read(buf)
		check(err)
		fmt.Printf("%s\n", buf[:n])
		return
	}
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	f, err := conn.(*net.UDPConn).File()
	check(err)
	cmd := exec.Command(os.Args[0], "child")
	cmd.ExtraFiles = []*os.File{f}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	check(cmd.Run())
}
