package trace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ErrVersion means that a file is a trace of a version that this program does
// not know.
var ErrVersion = errors.New("unknown trace version")

// Write writes t as indented JSON, in the form that [Read] reads, as of [Version].
func (t *Trace) Write(w io.Writer) error {
	current := *t
	current.Version = Version
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(&current)
}

// Read reads one trace. The error wraps [ErrVersion] when the version is not
// [Version], whatever else the file holds.
func Read(r io.Reader) (*Trace, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("not a trace: %w", err)
	}
	switch {
	case head.Version == nil:
		return nil, errors.New("not a trace: it has no version")
	case *head.Version != Version:
		return nil, fmt.Errorf("%w %d: this lab reads version %d", ErrVersion, *head.Version, Version)
	}
	t := new(Trace)
	if err := json.Unmarshal(data, t); err != nil {
		return nil, fmt.Errorf("not a trace: %w", err)
	}
	return t, nil
}

// Load reads the trace in the named file.
func Load(name string) (*Trace, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read trace: %w", err)
	}
	defer f.Close()
	t, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("read trace %s: %w", name, err)
	}
	return t, nil
}

// Save writes t to the named file. The file appears whole or not at all: a
// failure leaves whatever was there before.
func (t *Trace) Save(name string) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".trace-*")
	if err != nil {
		return fmt.Errorf("save trace: %w", err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
			err = fmt.Errorf("save trace %s: %w", name, err)
		}
	}()
	if err := t.Write(tmp); err != nil {
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
