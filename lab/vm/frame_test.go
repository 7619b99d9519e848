package vm

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFrames(t *testing.T) {
	t.Parallel()
	want := []frame{
		{kindHello, []byte("6.12")},
		{kindStdout, bytes.Repeat([]byte{0, 255}, maxPayload/2)},
		{kindData, []byte{}},
		{kindExit, []byte{0, 0, 0, 7}},
	}
	var buf bytes.Buffer
	w := &frameWriter{w: &buf}
	for _, f := range want {
		if err := w.send(f.kind, f.payload); err != nil {
			t.Fatal(err)
		}
	}
	var got []frame
	for {
		f, err := readFrame(&buf)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(frame{})); diff != "" {
		t.Errorf("frames after the way there (-sent +read):\n%s", diff)
	}
}

func TestReadFrameErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"nothing", "", io.EOF},
		{"half a head", "o\x00\x00", io.ErrUnexpectedEOF},
		{"no payload", "o\x00\x00\x00\x02", io.ErrUnexpectedEOF},
		{"half a payload", "o\x00\x00\x00\x02a", io.ErrUnexpectedEOF},
		{"unknown kind", "?\x00\x00\x00\x00", errFrame},
		{"too long", "o\x00\x01\x00\x01", errFrame},
		{"absurdly long", "o\xff\xff\xff\xff", errFrame},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := readFrame(strings.NewReader(c.in)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestSendTooLong(t *testing.T) {
	t.Parallel()
	w := &frameWriter{w: io.Discard}
	if err := w.send(kindStdout, make([]byte, maxPayload+1)); !errors.Is(err, errFrame) {
		t.Errorf("got %v, want %v", err, errFrame)
	}
}

func TestStreamCutsFrames(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	data := bytes.Repeat([]byte("dialpath"), maxPayload/4) // two frames
	if n, err := (stream{&frameWriter{w: &buf}, kindStderr}).Write(data); n != len(data) || err != nil {
		t.Fatalf("wrote %d, %v; want %d", n, err, len(data))
	}
	var got []byte
	for range 2 {
		f, err := readFrame(&buf)
		if err != nil || f.kind != kindStderr {
			t.Fatalf("got %q, %v", f.kind, err)
		}
		got = append(got, f.payload...)
	}
	if !bytes.Equal(got, data) || buf.Len() != 0 {
		t.Errorf("the bytes differ, or %d are left over", buf.Len())
	}
}

// FuzzReadFrame: whatever comes, readFrame does not panic, and a frame that it
// accepts is one that send would have written.
func FuzzReadFrame(f *testing.F) {
	f.Add([]byte("o\x00\x00\x00\x02hi"))
	f.Add([]byte("x\x00\x00\x00\x04\x00\x00\x00\x07"))
	f.Add([]byte("o\xff\xff\xff\xff"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		fr, err := readFrame(r)
		if err != nil {
			return
		}
		var buf bytes.Buffer
		if err := (&frameWriter{w: &buf}).send(fr.kind, fr.payload); err != nil {
			t.Fatal(err)
		}
		if read := data[:len(data)-r.Len()]; !bytes.Equal(buf.Bytes(), read) {
			t.Errorf("read %q, would have written %q", read, buf.Bytes())
		}
	})
}
