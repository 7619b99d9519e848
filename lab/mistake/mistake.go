// Package mistake marks the errors of whoever asks. What they asked for cannot be; nothing
// has been done yet, and they can mend it. The command ends with another status then.
package mistake

import (
	"errors"
	"fmt"
)

type mistake struct{ error }

func (m mistake) Unwrap() error { return m.error }

// New returns an error that is a mistake, in the form of [fmt.Errorf].
func New(format string, args ...any) error { return Of(fmt.Errorf(format, args...)) }

// Of says of an error that it is a mistake. Its words stay; of nil it is nil.
func Of(err error) error {
	if err == nil {
		return nil
	}
	return mistake{err}
}

// Is tells whether an error is a mistake, or was made of one.
func Is(err error) bool {
	var m mistake
	return errors.As(err, &m)
}
