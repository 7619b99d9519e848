package echo

import (
	"bytes"
	"io"
)

// message is what a client sends as one datagram, read whole beforehand.
type message struct{ bytes.Reader }

// readMessage reads all of reader. It fails with [ErrTooLong], having read one
// byte too many and no more, when that would not fit into a datagram.
func readMessage(reader io.Reader) (*message, error) {
	data, err := io.ReadAll(io.LimitReader(reader, MaxDatagram+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxDatagram {
		return nil, ErrTooLong
	}
	m := new(message)
	m.Reset(data)
	return m, nil
}

// WriteTo writes the message with one Write, and so as one datagram: io.Copy
// calls it. A bytes.Reader does the same, but writes nothing when it is empty,
// while an empty datagram is a datagram.
func (m *message) WriteTo(w io.Writer) (int64, error) {
	if m.Len() == 0 {
		n, err := w.Write(nil)
		return int64(n), err
	}
	return m.Reader.WriteTo(w)
}
