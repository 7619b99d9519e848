package mistake

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestMistake(t *testing.T) {
	t.Parallel()
	plain := fmt.Errorf("open x: %w", fs.ErrNotExist)
	marked := Of(plain)
	switch {
	case Is(plain):
		t.Error("a failure is taken for a mistake")
	case !Is(marked), !Is(fmt.Errorf("save: %w", marked)), !Is(New("-n %d", 0)):
		t.Error("a mistake is not known for one")
	case marked.Error() != plain.Error(), !errors.Is(marked, fs.ErrNotExist):
		t.Errorf("%q is not what it was", marked)
	case Of(nil) != nil, Is(nil):
		t.Error("no error is a mistake")
	}
	if got := New("-n %d: %w", 0, fs.ErrInvalid); got.Error() != "-n 0: invalid argument" || !errors.Is(got, fs.ErrInvalid) {
		t.Errorf("got %q", got)
	}
}
