package vm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// member is one entry of an archive as read back.
type member struct {
	Name         string
	Mode         uint32
	Content      string
	Major, Minor uint32
	Time         uint32
}

// unpack reads an archive as the kernel does.
func unpack(t *testing.T, data []byte) []member {
	t.Helper()
	var members []member
	for at := 0; ; {
		head := string(data[at : at+110])
		if head[:6] != "070701" {
			t.Fatalf("at %d: no newc header: %q", at, head[:6])
		}
		var field [13]uint32
		for i := range field {
			if _, err := fmt.Sscanf(head[6+8*i:14+8*i], "%08X", &field[i]); err != nil {
				t.Fatal(err)
			}
		}
		size, nameSize := int(field[6]), int(field[11])
		name := string(data[at+110 : at+110+nameSize])
		at = align(at + 110 + nameSize)
		if !strings.HasSuffix(name, "\x00") {
			t.Fatalf("name %q does not end with a zero byte", name)
		}
		name = strings.TrimSuffix(name, "\x00")
		if name == trailer {
			if at != len(data) {
				t.Fatalf("%d bytes after the trailer", len(data)-at)
			}
			return members
		}
		members = append(members, member{name, field[1], string(data[at : at+size]), field[9], field[10], field[5]})
		at = align(at + size)
	}
}

func align(n int) int { return (n + 3) &^ 3 }

// info is of a file of this size, from 2001.
type info struct {
	os.FileInfo
	size int64
}

const inSeptember2001 = 1_000_000_000

func (i info) Size() int64      { return i.size }
func (info) Mode() os.FileMode  { return 0o755 }
func (info) ModTime() time.Time { return time.Unix(inSeptember2001, 0) }

func TestArchive(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	a := newArchive(&buf)
	for _, err := range []error{
		a.text("/etc/hosts", "127.0.0.1 localhost\n"),
		a.text("/etc/empty", ""),
		a.file("/usr/bin/x", info{size: 3}, strings.NewReader("abc")),
		a.link("/bin", "usr/bin"),
		a.device("/dev/null", 0o666, 1, 3),
		a.dir("/etc", 0o700), // is there already
		a.close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []member{
		{"etc", unix.S_IFDIR | 0o755, "", 0, 0, 0},
		{"etc/hosts", unix.S_IFREG | 0o644, "127.0.0.1 localhost\n", 0, 0, 0},
		{"etc/empty", unix.S_IFREG | 0o644, "", 0, 0, 0},
		{"usr", unix.S_IFDIR | 0o755, "", 0, 0, 0},
		{"usr/bin", unix.S_IFDIR | 0o755, "", 0, 0, 0},
		{"usr/bin/x", unix.S_IFREG | 0o755, "abc", 0, 0, inSeptember2001},
		{"bin", unix.S_IFLNK | 0o777, "usr/bin", 0, 0, 0},
		{"dev", unix.S_IFDIR | 0o755, "", 0, 0, 0},
		{"dev/null", unix.S_IFCHR | 0o666, "", 1, 3, 0},
	}
	if diff := cmp.Diff(want, unpack(t, buf.Bytes())); diff != "" {
		t.Errorf("archive (-want +got):\n%s", diff)
	}
}

func TestArchiveRefuses(t *testing.T) {
	t.Parallel()
	a := newArchive(io.Discard)
	if err := a.text("/a", "x"); err != nil {
		t.Fatal(err)
	}
	if err := a.text("/a", "x"); err == nil || err.Error() != "pack /a: it is in the initramfs twice" {
		t.Errorf("the same name twice: %v", err)
	}
	if err := a.file("/b", info{size: mostPacked + 1}, nil); err == nil || err.Error() != "pack /b: what the guest is to have comes to more than 1024 MiB" {
		t.Errorf("too much: %v", err)
	}
	if err := a.file("/c", info{size: 5}, strings.NewReader("abc")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that shrank: %v", err)
	}
}
