package vm

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// talk gives a conversation what a guest might say, and returns how reading ended.
func talk(t *testing.T, j Job, said func(*frameWriter)) (*conversation, error) {
	t.Helper()
	near, far := net.Pipe()
	go func() {
		said(&frameWriter{w: far})
		far.Close()
	}()
	s := newConversation(Kernel{}, &machine{port: near, console: new(tail)}, j)
	err := <-s.ended
	s.files.abandon()
	near.Close()
	return s, err
}

func TestSessionReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "out.json")
	if err := os.WriteFile(out, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	s, err := talk(t, Job{Stdout: &stdout, Stderr: &stderr, Outputs: []string{"gone", out}}, func(w *frameWriter) {
		w.send(kindHello, nil)
		w.send(kindStdout, []byte("out"))
		w.send(kindStderr, []byte("err"))
		w.send(kindFile, []byte(`{"index":1,"perm":420}`))
		w.send(kindData, []byte("ne"))
		w.send(kindData, []byte("w"))
		w.send(kindData, nil)
		w.send(kindExit, []byte{0, 0, 0, 130})
	})
	if err != nil || s.status != 130 {
		t.Fatalf("status %d, %v", s.status, err)
	}
	if stdout.String() != "out" || stderr.String() != "err" {
		t.Errorf("output %q and %q", &stdout, &stderr)
	}
	text, err := os.ReadFile(out)
	if err != nil || string(text) != "new" {
		t.Errorf("the file is %q, %v", text, err)
	}
	if info, err := os.Stat(out); err != nil || info.Mode() != 0o644 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if err := s.files.missing(); err == nil || err.Error() != "the command in the guest wrote no gone" {
		t.Errorf("missing: %v", err)
	}
}

func TestSessionRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	head := []byte(`{"index":0}`)
	for _, c := range []struct {
		name string
		said func(*frameWriter)
		want error
	}{
		{"an end without a status", func(w *frameWriter) { w.send(kindHello, nil) }, io.EOF},
		{"two greetings", func(w *frameWriter) { w.send(kindHello, nil); w.send(kindHello, nil) }, errFrame},
		{"credit nobody gave", func(w *frameWriter) { w.send(kindCredit, nil) }, errFrame},
		{"a frame of the host's", func(w *frameWriter) { w.send(kindStdin, nil) }, errFrame},
		{"a short status", func(w *frameWriter) { w.send(kindExit, nil) }, errFrame},
		{"a file nobody asked for", func(w *frameWriter) { w.send(kindFile, []byte(`{"index":1}`)) }, errFrame},
		{"a file below zero", func(w *frameWriter) { w.send(kindFile, []byte(`{"index":-1}`)) }, errFrame},
		{"a file without a header", func(w *frameWriter) { w.send(kindFile, []byte(`x`)) }, errFrame},
		{"bytes of no file", func(w *frameWriter) { w.send(kindData, nil) }, errFrame},
		{"a file in a file", func(w *frameWriter) { w.send(kindFile, head); w.send(kindFile, head) }, errFrame},
		{"a file half sent", func(w *frameWriter) { w.send(kindFile, head); w.send(kindData, []byte("x")) }, io.EOF},
		{"a file twice", func(w *frameWriter) {
			for range 2 {
				w.send(kindFile, head)
				w.send(kindData, nil)
			}
		}, errFrame},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := talk(t, Job{Outputs: []string{out}}, c.said); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			left, _ := filepath.Glob(filepath.Join(dir, ".out-*"))
			if left != nil {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestSessionGuestError(t *testing.T) {
	t.Parallel()
	_, err := talk(t, Job{}, func(w *frameWriter) { w.send(kindFail, []byte("start /x: no such file")) })
	var refusal guestError
	if !errors.As(err, &refusal) || err.Error() != "start /x: no such file" {
		t.Errorf("got %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSessionOutputFails(t *testing.T) {
	t.Parallel()
	_, err := talk(t, Job{Stdout: brokenWriter{}}, func(w *frameWriter) { w.send(kindStdout, []byte("x")) })
	if want := "write the guest's standard output: disk full"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestStdin has both sides of the standard input talk: the host sends no more
// than the command takes, and the end comes through.
func TestStdin(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789abcdef", 3*maxPayload/16*stdinWindow)
	near, far := net.Pipe()
	defer near.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	inside := listen(far)
	go inside.serve(1<<30, w, &frameWriter{w: far})
	s := newConversation(Kernel{}, &machine{port: near, console: new(tail)}, Job{Stdin: strings.NewReader(text)})
	if err := s.attach(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || string(got) != text {
		t.Errorf("%d of %d bytes came, or others, %v", len(got), len(text), err)
	}
	s.to.send(kindPing, nil)
	<-s.pong
	far.Close()
	<-inside.gone
}
