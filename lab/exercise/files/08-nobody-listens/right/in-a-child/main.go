// A child, which has inherited the socket, hears of it.
package main

import (
	"fmt"
	"log"
	"net/netip"
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
		_, err := syscall.Read(3, make([]byte, 9))
		fmt.Println(err)
		return
	}
	ap := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	sa := &syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	check(syscall.Connect(fd, sa))
	syscall.Write(fd, []byte("something"))
	cmd := exec.Command(os.Args[0], "child")
	cmd.ExtraFiles = []*os.File{os.NewFile(uintptr(fd), "udp")}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	check(cmd.Run())
}
