// It says with each reading that there is more to come, and the kernel waits for that.
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
	conn, err := net.Dial("tcp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		log.Fatal(err)
	}

	greeting := make([]byte, 1)
	_, err = conn.Read(greeting)
	if err != nil {
		log.Fatal(err)
	}

	const more = 0x8000 // MSG_MORE
	for i := range 8 {
		raw.Write(func(fd uintptr) bool {
			err = syscall.Sendto(int(fd), fmt.Appendf(nil, "reading %d\n", i+1), more, nil)
			return true
		})
		if err != nil {
			log.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond) // until there is the next one
	}
}
