// Bare system calls, on a copy of the descriptor: the kernel writes the sender's address
// where the answer's is read.
package main

import (
	"log"
	"net"
	"os"
	"syscall"
	"unsafe"
)

func main() {
	conn, err := net.ListenPacket("udp4", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	file, err := conn.(*net.UDPConn).File()
	if err != nil {
		log.Fatal(err)
	}
	fd := file.Fd()

	buf := make([]byte, 2048)
	data := uintptr(unsafe.Pointer(&buf[0]))
	var addr syscall.RawSockaddrInet4
	for {
		size := uint32(syscall.SizeofSockaddrInet4)
		n, _, errno := syscall.Syscall6(syscall.SYS_RECVFROM, fd, data, uintptr(len(buf)), 0,
			uintptr(unsafe.Pointer(&addr)), uintptr(unsafe.Pointer(&size)))
		if errno != 0 {
			log.Fatal(errno)
		}
		_, _, errno = syscall.Syscall6(syscall.SYS_SENDTO, fd, data, n, 0, uintptr(unsafe.Pointer(&addr)), uintptr(size))
		if errno != 0 {
			log.Fatal(errno)
		}
	}
}
