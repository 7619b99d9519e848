// A child, which has inherited the socket, sends and reads.
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
		ap := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
		sa := &syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
		check(syscall.Sendto(3, []byte("something"), 0, sa))
		buf := make([]byte, 1024)
		n, err := syscall.Read(3, buf)
		check(err)
		fmt.Printf("%s\n", buf[:n])
		return
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	cmd := exec.Command(os.Args[0], "child")
	cmd.ExtraFiles = []*os.File{os.NewFile(uintptr(fd), "udp")}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	check(cmd.Run())
}
