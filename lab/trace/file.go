package trace

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"dialpath/lab/whole"
)

// ErrVersion means that a file is a trace of a version that this program does
// not know.
var ErrVersion = errors.New("unknown trace version")

// Write writes traces as indented JSON, one after another, in the form that [Read]
// reads and schema.json describes, as of [Version].
func Write(w io.Writer, traces ...*Trace) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	for _, t := range traces {
		current := *t
		current.Version = Version
		if err := enc.Encode(&current); err != nil {
			return err
		}
	}
	return nil
}

// maxFile is how many bytes of JSON a file may hold. Ten thousand calls, each with its
// time, take two million; what is more than this is no trace, or made to fill the memory.
const maxFile = 256 << 20

// maxRows is how many rows all its lists may have together; a trace counts as some of
// them. As the lab writes them, none takes less than 128 bytes; {} takes two, and a
// hundred times that in memory.
const maxRows = maxFile / 128

// Read reads all traces of a file, which gzip may have compressed. There is one at
// least. Those of version 1 become traces of [Version]. The error wraps [ErrVersion] when
// the version of one is neither, whatever else the file holds.
func Read(r io.Reader) ([]*Trace, error) { return read(r, maxFile, maxRows) }

func read(r io.Reader, maxFile int64, maxRows int) ([]*Trace, error) {
	plain, err := decompress(bufio.NewReader(r))
	if err != nil {
		return nil, err
	}
	limited := &io.LimitedReader{R: plain, N: maxFile}
	documents := json.NewDecoder(limited)
	var traces []*Trace
	rows := 0
	for {
		var document json.RawMessage
		err := documents.Decode(&document)
		switch {
		case limited.N == 0:
			return nil, fmt.Errorf("not a trace: it is longer than %d MiB", maxFile>>20)
		case errors.Is(err, io.EOF) && len(traces) > 0:
			return traces, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("not a trace: it is empty")
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, errors.New("not a trace: it ends in the middle")
		case err != nil:
			return nil, fmt.Errorf("not a trace: %w", err)
		}
		if rows += 8 + bytes.Count(document, []byte("{")); rows > maxRows {
			return nil, fmt.Errorf("not a trace: it has more than %d rows", maxRows)
		}
		t, err := decode(document)
		if err != nil {
			return nil, err
		}
		traces = append(traces, t)
	}
}

// decompress returns what is in r, whether gzip has compressed it or not.
func decompress(r *bufio.Reader) (io.Reader, error) {
	start, err := r.Peek(2)
	switch {
	case err != nil && err != io.EOF:
		return nil, err
	case !bytes.Equal(start, []byte{0x1f, 0x8b}): // gzip's mark, RFC 1952
		return r, nil
	}
	plain, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("not a trace: decompress it: %w", err)
	}
	return plain, nil
}

func decode(document []byte) (*Trace, error) {
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return nil, fmt.Errorf("not a trace: %w", err)
	}
	switch {
	case head.Version == nil:
		return nil, errors.New("not a trace: it has no version")
	case *head.Version == 1:
		return decodeVersion1(document)
	case *head.Version != Version:
		return nil, fmt.Errorf("%w %d: this lab reads versions 1 and %d", ErrVersion, *head.Version, Version)
	}
	t := new(Trace)
	if err := json.Unmarshal(document, t); err != nil {
		return nil, fmt.Errorf("not a trace: %w", err)
	}
	return t, nil
}

// Load reads the traces in the named file.
func Load(name string) ([]*Trace, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read trace: %w", err)
	}
	defer f.Close()
	traces, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("read trace %s: %w", name, err)
	}
	return traces, nil
}

// Save writes traces to the named file, compressed if the name ends in .gz. The file
// appears whole or not at all: a failure leaves whatever was there before.
func Save(name string, traces ...*Trace) error {
	err := whole.Write(name, func(w io.Writer) error {
		if strings.HasSuffix(name, ".gz") {
			return writeCompressed(w, traces)
		}
		return Write(w, traces...)
	})
	if err != nil {
		return fmt.Errorf("save trace %s: %w", name, err)
	}
	return nil
}

func writeCompressed(w io.Writer, traces []*Trace) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	return errors.Join(Write(z, traces...), z.Close())
}
