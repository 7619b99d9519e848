package vm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Host and guest talk over one virtio-serial port. The kernel prints on a
// serial console, which is another device, so the two never mix.
//
// A frame is a kind (1 byte), the length of its payload (4 bytes, big-endian)
// and the payload.
type kind byte

// What the guest tells the host.
const (
	kindHello  kind = 'h' // init runs, and starts the command now
	kindStdout kind = 'o' // bytes of the command's standard output
	kindStderr kind = 'e' // bytes of the command's standard error
	kindCredit kind = 'c' // the command took one stdin frame: send another
	kindFile   kind = 'f' // a file follows; the payload is a fileHeader in JSON
	kindData   kind = 'd' // bytes of that file; an empty frame ends it
	kindExit   kind = 'x' // the command ended; the payload is its status, 4 bytes
	kindFail   kind = '!' // init could not do its part; the payload says why
	kindPong   kind = 'p' // the answer to a ping
)

// What the host tells the guest.
const (
	kindStdin  kind = 'i' // bytes for standard input; an empty frame is its end
	kindSignal kind = 's' // a signal number, 1 byte, for the command's process group
	kindPing   kind = 'q' // asks whether anyone is alive in there
	kindResize kind = 'z' // the terminal's new size: rows and columns, 2 bytes each
)

const (
	headSize = 5
	// maxPayload keeps a frame small beside the buffers it passes through, and
	// keeps a broken stream from asking for a gigabyte.
	maxPayload = 1 << 16
)

// errFrame means that the bytes read are no frame: the stream is broken for good.
var errFrame = errors.New("bad frame")

// frame is one message.
type frame struct {
	kind    kind
	payload []byte
}

func (k kind) known() bool {
	switch k {
	case kindHello, kindStdout, kindStderr, kindCredit, kindFile, kindData, kindExit, kindFail, kindPong,
		kindStdin, kindSignal, kindPing, kindResize:
		return true
	}
	return false
}

// readFrame reads one frame. It returns io.EOF at the end between two frames,
// io.ErrUnexpectedEOF at an end inside one, and an error wrapping [errFrame] for
// a kind or a length that no frame has.
func readFrame(r io.Reader) (frame, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	f := frame{kind: kind(head[0])}
	n := binary.BigEndian.Uint32(head[1:])
	if !f.kind.known() {
		return frame{}, fmt.Errorf("%w: kind %#x", errFrame, byte(f.kind))
	}
	if n > maxPayload {
		return frame{}, fmt.Errorf("%w: %d bytes in one %q", errFrame, n, byte(f.kind))
	}
	f.payload = make([]byte, n)
	if _, err := io.ReadFull(r, f.payload); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return frame{}, err
	}
	return f, nil
}

// frameWriter sends frames. It is safe for several goroutines: each frame goes
// out whole.
type frameWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// send writes one frame, in one Write, so that a reader is woken once.
func (w *frameWriter) send(k kind, payload []byte) error {
	if len(payload) > maxPayload {
		return fmt.Errorf("%w: %d bytes in one %q", errFrame, len(payload), byte(k))
	}
	buf := make([]byte, headSize, headSize+len(payload))
	buf[0] = byte(k)
	binary.BigEndian.PutUint32(buf[1:], uint32(len(payload)))
	buf = append(buf, payload...)

	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.w.Write(buf)
	return err
}

// stream is an [io.Writer] whose bytes go out as frames of one kind.
type stream struct {
	w    *frameWriter
	kind kind
}

func (s stream) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n := min(len(p)-done, maxPayload)
		if err := s.w.send(s.kind, p[done:done+n]); err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}
