package vm

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// archive writes a cpio archive in the "newc" form, the one that Linux unpacks
// as an initramfs (Documentation/driver-api/early-userspace/buffer-format.rst in
// its source). It is not compressed: under software emulation unpacking costs
// more than copying.
type archive struct {
	w     *bufio.Writer
	n     int64 // bytes written, for the padding
	inode uint32
	have  map[string]bool
}

const trailer = "TRAILER!!!"

func newArchive(w io.Writer) *archive {
	return &archive{w: bufio.NewWriterSize(w, 1<<20), have: map[string]bool{}}
}

// has tells whether the archive already holds something under this name.
func (a *archive) has(name string) bool { return a.have[name] }

// dir adds a directory and the ones above it. A directory that is there already
// is left alone.
func (a *archive) dir(name string, perm uint32) error {
	if name == "/" || a.have[name] {
		return nil
	}
	if err := a.dir(path.Dir(name), 0o755); err != nil {
		return err
	}
	return a.entry(name, unix.S_IFDIR|perm, 0, 0, nil)
}

// file adds a regular file of exactly size bytes, with the directories above it.
func (a *archive) file(name string, perm uint32, size int64, r io.Reader) error {
	if err := a.dir(path.Dir(name), 0o755); err != nil {
		return err
	}
	return a.entry(name, unix.S_IFREG|perm, size, 0, r)
}

// text adds a regular file with this text in it.
func (a *archive) text(name, text string) error {
	return a.file(name, 0o644, int64(len(text)), strings.NewReader(text))
}

// link adds a symbolic link.
func (a *archive) link(name, target string) error {
	if err := a.dir(path.Dir(name), 0o755); err != nil {
		return err
	}
	return a.entry(name, unix.S_IFLNK|0o777, int64(len(target)), 0, strings.NewReader(target))
}

// device adds a character device.
func (a *archive) device(name string, perm, major, minor uint32) error {
	if err := a.dir(path.Dir(name), 0o755); err != nil {
		return err
	}
	return a.entry(name, unix.S_IFCHR|perm, 0, unix.Mkdev(major, minor), nil)
}

// close ends the archive. It does not close the writer below.
func (a *archive) close() error {
	if err := a.entry("/"+trailer, 0, 0, 0, nil); err != nil {
		return err
	}
	return a.w.Flush()
}

// entry writes one member: header, name and content, each padded to 4 bytes.
func (a *archive) entry(name string, mode uint32, size int64, dev uint64, content io.Reader) error {
	if a.have[name] {
		return fmt.Errorf("pack %s: it is in the initramfs twice", name)
	}
	if size > math.MaxUint32 {
		return fmt.Errorf("pack %s: %d bytes are too many for an initramfs", name, size)
	}
	a.have[name] = true
	a.inode++
	member := strings.TrimPrefix(name, "/") + "\x00"
	head := fmt.Sprintf("070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		a.inode, mode, 0, 0, 1, 0, size, 0, 0, unix.Major(dev), unix.Minor(dev), len(member), 0)
	if err := a.write(strings.NewReader(head+member), int64(len(head)+len(member))); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	if content == nil {
		return nil
	}
	if err := a.write(content, size); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	return nil
}

// write copies exactly size bytes and pads them.
func (a *archive) write(r io.Reader, size int64) error {
	if _, err := io.CopyN(a.w, r, size); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	a.n += size
	pad := (4 - a.n%4) % 4
	a.n += pad
	_, err := a.w.Write(make([]byte, pad))
	return err
}
