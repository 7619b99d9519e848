package peer

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// fewQuickACKs is for a socket that is to listen. A new connection's first segments are
// acknowledged at once, as many as fit into half of the receive window: with a window this
// small, the smallest that there is, that is one (tcp_incr_quickack). Without it, one ACK
// that was put off, on a machine that was busy for 40 ms, would end all putting off.
func fewQuickACKs(_, _ string, raw syscall.RawConn) error {
	return set(raw, unix.IPPROTO_TCP, unix.TCP_WINDOW_CLAMP, 1)
}

// delayACKs tells the kernel that the connection is a conversation, in which an answer is
// soon to follow and can take the ACK along: it waits for one up to 40 ms. A read of what
// has come would send the ACK, too, so there is to be none before a good deal has come, or
// the end.
func delayACKs(conn *net.TCPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	if err := set(raw, unix.IPPROTO_TCP, unix.TCP_QUICKACK, 0); err != nil {
		return err
	}
	const report = 80 // bytes: all that exercise 14 has to write
	return set(raw, unix.SOL_SOCKET, unix.SO_RCVLOWAT, report)
}

// makeRoom gives a socket a receive buffer of 8 MB, which takes root.
func makeRoom(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	return set(raw, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20)
}

// set sets an option of a socket.
func set(raw syscall.RawConn, level, option, value int) error {
	var failed error
	err := raw.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), level, option, value) })
	if err != nil {
		return err
	}
	return failed
}
