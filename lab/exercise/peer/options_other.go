//go:build !linux

package peer

import (
	"errors"
	"net"
	"syscall"
)

func fewQuickACKs(_, _ string, _ syscall.RawConn) error { return errors.ErrUnsupported }

func delayACKs(*net.TCPConn) error { return errors.ErrUnsupported }

func makeRoom(*net.UDPConn) error { return errors.ErrUnsupported }
