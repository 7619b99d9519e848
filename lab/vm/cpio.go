package vm

import (
	"bufio"
	"fmt"
	"io"
	"os"
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
	return a.entry(item{name: name, mode: unix.S_IFDIR | perm})
}

// file adds a regular file of the host's, with the directories above it. Its time stays:
// interpreters hold what they have compiled against it.
func (a *archive) file(name string, info os.FileInfo, r io.Reader) error {
	return a.leaf(item{
		name: name, mode: unix.S_IFREG | uint32(info.Mode().Perm()),
		mtime: info.ModTime().Unix(), size: info.Size(), content: r,
	})
}

// text adds a regular file with this text in it.
func (a *archive) text(name, text string) error {
	return a.leaf(item{name: name, mode: unix.S_IFREG | 0o644, size: int64(len(text)), content: strings.NewReader(text)})
}

// link adds a symbolic link.
func (a *archive) link(name, target string) error {
	return a.leaf(item{name: name, mode: unix.S_IFLNK | 0o777, size: int64(len(target)), content: strings.NewReader(target)})
}

// device adds a character device.
func (a *archive) device(name string, perm, major, minor uint32) error {
	return a.leaf(item{name: name, mode: unix.S_IFCHR | perm, device: unix.Mkdev(major, minor)})
}

// close ends the archive. It does not close the writer below.
func (a *archive) close() error {
	if err := a.entry(item{name: "/" + trailer}); err != nil {
		return err
	}
	return a.w.Flush()
}

// item is one thing in an archive.
type item struct {
	name    string
	mode    uint32 // with its kind: unix.S_IFREG
	mtime   int64  // seconds since 1970
	size    int64  // of content, exactly
	content io.Reader
	device  uint64
}

// leaf adds an item, with the directories above it.
func (a *archive) leaf(m item) error {
	if err := a.dir(path.Dir(m.name), 0o755); err != nil {
		return err
	}
	return a.entry(m)
}

// entry writes one item: header, name and content, each padded to 4 bytes.
func (a *archive) entry(m item) error {
	if a.have[m.name] {
		return fmt.Errorf("pack %s: it is in the initramfs twice", m.name)
	}
	if a.n+m.size > mostPacked {
		return fmt.Errorf("pack %s: what the guest is to have comes to more than %d MiB", m.name, mostPacked>>20)
	}
	a.have[m.name] = true
	a.inode++
	name := strings.TrimPrefix(m.name, "/") + "\x00"
	head := fmt.Sprintf("070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		a.inode, m.mode, 0, 0, 1, uint32(m.mtime), m.size, 0, 0, unix.Major(m.device), unix.Minor(m.device), len(name), 0)
	if err := a.write(strings.NewReader(head+name), int64(len(head)+len(name))); err != nil {
		return fmt.Errorf("pack %s: %w", m.name, err)
	}
	if m.content == nil {
		return nil
	}
	if err := a.write(m.content, m.size); err != nil {
		return fmt.Errorf("pack %s: %w", m.name, err)
	}
	return nil
}

// mostPacked is how much a guest may have in its file system, in bytes: it is in its
// memory, and for a moment twice.
const mostPacked = 1 << 30

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
