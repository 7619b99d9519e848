// A batch of one, by sendmmsg(2), which returns how many messages went, not bytes.
package main

import (
	"fmt"
	"log"
	"net/netip"
	"os"
	"syscall"
	"unsafe"
)

// A message is the kernel's struct mmsghdr.
type message struct {
	header syscall.Msghdr
	length uint32
}

const sendmmsg = 307 // its number on amd64

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	server := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	check(syscall.Connect(fd, &syscall.SockaddrInet4{Addr: server.Addr().As4(), Port: int(server.Port())}))

	text := []byte("something")
	part := syscall.Iovec{Base: &text[0], Len: uint64(len(text))}
	batch := []message{{header: syscall.Msghdr{Iov: &part, Iovlen: 1}}}
	_, _, errno := syscall.Syscall6(sendmmsg, uintptr(fd), uintptr(unsafe.Pointer(&batch[0])), uintptr(len(batch)), 0, 0, 0)
	if errno != 0 {
		log.Fatal(errno)
	}

	buf := make([]byte, 1024)
	n, err := syscall.Read(fd, buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
