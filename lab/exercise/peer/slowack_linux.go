package peer

import (
	"net"

	"golang.org/x/sys/unix"
)

// delayACKs tells the kernel that the connection is a conversation, in which an answer is
// soon to follow and can take the ACK along: it waits for one up to 40 ms.
func delayACKs(conn *net.TCPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 0)
	})
	if err != nil {
		return err
	}
	return failed
}
