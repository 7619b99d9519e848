// It asks once, and takes no for an answer.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
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

	raw, err := conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		return nil, err
	}
	buf := make([]byte, 1024)
	n := 0
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		n, failed = syscall.Read(int(fd), buf)
		return true
	})
	return buf[:max(0, n)], errors.Join(err, failed)
}
