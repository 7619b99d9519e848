// Stepped is a program for the debugger: it starts a child, says who is who and where it
// listens, and answers datagrams.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
)

func main() {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	child := exec.Command("sleep", "1000")
	if err := child.Start(); err != nil {
		fail(err)
	}
	fmt.Println("stepped:", os.Getpid(), child.Process.Pid, conn.LocalAddr())
	for buffer := make([]byte, 1024); ; {
		n, addr, err := conn.ReadFrom(buffer)
		if err != nil {
			fail(err)
		}
		answer(conn, addr, buffer[:n])
	}
}

func answer(conn net.PacketConn, addr net.Addr, data []byte) {
	_, err := conn.WriteTo(data, addr)
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
