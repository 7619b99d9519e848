package view_test

import (
	"bytes"
	"errors"
	"testing"
)

// fullDisk fails at the given byte.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	for name, show := range shown {
		var whole bytes.Buffer
		if err := show(t, &whole); err != nil {
			t.Fatal(err)
		}
		for _, room := range []int{0, whole.Len() / 2, whole.Len() - 1} {
			if err := show(t, &fullDisk{room}); !errors.Is(err, errFull) {
				t.Errorf("%s, disk full at byte %d: got error %v", name, room, err)
			}
		}
	}
}
