package echo

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// sizes takes down how large each Write was.
type sizes []int

func (s *sizes) Write(b []byte) (int, error) {
	*s = append(*s, len(b))
	return len(b), nil
}

// TestOneWrite: one Write is one datagram, however small the pieces in which
// the message was read, and even if it is empty.
func TestOneWrite(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 40_000, MaxDatagram} {
		m, err := readMessage(iotest.HalfReader(strings.NewReader(binary(size))))
		if err != nil {
			t.Fatal(err)
		}
		var writes sizes
		n, err := io.Copy(&writes, m)
		if n != int64(size) || err != nil || !slices.Equal(writes, sizes{size}) {
			t.Errorf("message of %d bytes: copied %d in writes of %v, error %v", size, n, writes, err)
		}
	}
	if _, err := readMessage(strings.NewReader(binary(MaxDatagram + 1))); !errors.Is(err, ErrTooLong) {
		t.Errorf("error %v, want %v", err, ErrTooLong)
	}
}
