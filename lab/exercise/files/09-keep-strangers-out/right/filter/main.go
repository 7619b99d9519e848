// The socket has no peer. A filter looks at each datagram before it is queued: at the port in
// UDP's header that it is from.
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

	raw, err := conn.SyscallConn()
	if err != nil {
		log.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		//lint:ignore SA1019 the module that has come in its place is not in this exercise's go.mod
		err = syscall.AttachLsf(int(fd), []syscall.SockFilter{
			{Code: syscall.BPF_LD | syscall.BPF_H | syscall.BPF_ABS, K: 0},
			{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, Jf: 1, K: uint32(server.Port)},
			{Code: syscall.BPF_RET | syscall.BPF_K, K: 1 << 16}, // all of it may come in
			{Code: syscall.BPF_RET | syscall.BPF_K, K: 0},
		})
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = conn.WriteTo([]byte("who are you?"), server)
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
