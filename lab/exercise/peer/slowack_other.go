//go:build !linux

package peer

import (
	"errors"
	"net"
)

func delayACKs(*net.TCPConn) error { return errors.ErrUnsupported }
