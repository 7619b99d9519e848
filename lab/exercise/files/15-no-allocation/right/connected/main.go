// From the first five datagrams, which it answers as before, it learns who asks, and connects
// to that: then Read and write(2) need no address at all.
package main

import (
	"log"
	"net"
	"os"
	"syscall"
)

func main() {
	pc, err := net.ListenPacket("udp4", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer pc.Close()

	conn := pc.(*net.UDPConn)
	var asker *net.UDPAddr
	for range 5 {
		buf := make([]byte, 2048)
		n, addr, err := conn.ReadFromUDP(buf)
		if err != nil {
			log.Fatal(err)
		}
		asker = addr
		_, err = conn.WriteTo(buf[:n], addr)
		if err != nil {
			log.Fatal(err)
		}
	}

	raw, err := conn.SyscallConn()
	if err != nil {
		log.Fatal(err)
	}
	to := &syscall.SockaddrInet4{Port: asker.Port, Addr: [4]byte(asker.IP.To4())}
	raw.Control(func(fd uintptr) { err = syscall.Connect(int(fd), to) })
	if err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 2048)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			log.Fatal(err)
		}
		// Go does not know of the connect(2), and so has its own Write refuse.
		raw.Write(func(fd uintptr) bool {
			_, err = syscall.Write(int(fd), buf[:n])
			return err != syscall.EAGAIN
		})
		if err != nil {
			log.Fatal(err)
		}
	}
}
