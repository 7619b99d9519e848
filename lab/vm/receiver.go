package vm

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// receiver takes the job's output files as they arrive. Each appears under its
// name only when it is whole.
type receiver struct {
	names []string // the job's outputs
	got   []bool   // which of them are here
	index int      // of the one that arrives now
	file  *os.File // it, under a temporary name; nil between two files
	perm  os.FileMode
}

// begin opens the file that a header announces.
func (r *receiver) begin(head []byte) error {
	var h fileHeader
	if err := json.Unmarshal(head, &h); err != nil {
		return fmt.Errorf("%w: %v", errFrame, err)
	}
	if r.file != nil || h.Index < 0 || h.Index >= len(r.names) || r.got[h.Index] {
		return fmt.Errorf("%w: file %d out of turn", errFrame, h.Index)
	}
	name := r.names[h.Index]
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("bring %s back: %w", name, err)
	}
	r.index, r.file, r.perm = h.Index, f, h.Perm.Perm()
	return nil
}

// data adds to the open file; no bytes end it.
func (r *receiver) data(p []byte) error {
	if r.file == nil {
		return fmt.Errorf("%w: bytes of no file", errFrame)
	}
	var err error
	if len(p) > 0 {
		_, err = r.file.Write(p)
	} else {
		err = r.finish()
	}
	if err != nil {
		return fmt.Errorf("bring %s back: %w", r.names[r.index], err)
	}
	return nil
}

func (r *receiver) finish() error {
	if err := r.file.Chmod(r.perm); err != nil {
		return err
	}
	if err := r.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(r.file.Name(), r.names[r.index]); err != nil {
		return err
	}
	r.file, r.got[r.index] = nil, true
	return nil
}

// abandon removes what is not whole.
func (r *receiver) abandon() {
	if r.file != nil {
		r.file.Close()
		os.Remove(r.file.Name())
		r.file = nil
	}
}

// missing is an error when an output did not come.
func (r *receiver) missing() error {
	for i, name := range r.names {
		if !r.got[i] {
			return fmt.Errorf("the command in the guest wrote no %s", name)
		}
	}
	return nil
}
