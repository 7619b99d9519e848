package echo

import (
	"io"
	"net"
	"slices"
	"sync/atomic"
	"time"
)

// piece is how many bytes one write of a stream takes at most, so that a long
// message moves its deadline on as it goes.
const piece = 64 << 10

// halfCloser is a TCPConn: a connection of which one half can be closed.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// stream is the client's end of a TCP connection. Every write has a deadline,
// and every read once all is sent: until then the client may itself be waiting
// for its reader, say a person at a terminal, and the peer owes it nothing.
//
// It is not embedded: io.Copy must find Read and Write, not the ReadFrom and
// WriteTo of a TCPConn, which know no deadlines.
type stream struct {
	conn    halfCloser
	timeout time.Duration
	allSent atomic.Bool
}

// send writes all that reader gives, and then tells the peer that it was all
// by closing this half of the connection.
func (s *stream) send(reader io.Reader) (int64, error) {
	n, err := io.Copy(s, reader)
	if err != nil {
		return n, err
	}
	s.allSent.Store(true)
	if err := s.conn.SetReadDeadline(time.Now().Add(s.timeout)); err != nil {
		return n, err
	}
	return n, s.conn.CloseWrite()
}

// Write writes p, each piece within the timeout.
func (s *stream) Write(p []byte) (n int, err error) {
	for part := range slices.Chunk(p, piece) {
		if err := s.conn.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
			return n, err
		}
		m, err := s.conn.Write(part)
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Read reads into p, within the timeout once all is sent.
func (s *stream) Read(p []byte) (int, error) {
	if s.allSent.Load() {
		if err := s.conn.SetReadDeadline(time.Now().Add(s.timeout)); err != nil {
			return 0, err
		}
	}
	return s.conn.Read(p)
}

// Close closes both halves.
func (s *stream) Close() error { return s.conn.Close() }

// failed is err as package net would word it.
func (s *stream) failed(op string, err error) error {
	local, remote := s.conn.LocalAddr(), s.conn.RemoteAddr()
	return &net.OpError{Op: op, Net: local.Network(), Source: local, Addr: remote, Err: err}
}
