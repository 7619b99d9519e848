package vm

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"
)

// A kernel's file is a small program that unpacks the kernel proper, an ELF file, and moves
// it to an address by chance (KASLR). Under software emulation that is a fifth of the work
// of a boot, if it is packed by Zstandard, as Debian's are after 6.1: the host does it in a
// tenth of a second. QEMU starts the ELF file as Xen would, where a note of it says.

// openKernel opens what a machine is to boot: under software emulation the kernel proper, in
// memory, unless it is packed otherwise, or has no such note.
func openKernel(acc accelerator, image string) (*os.File, error) {
	if acc.unpacks {
		if f, err := unpackKernel(image); err == nil {
			return f, nil
		}
	}
	return os.Open(image)
}

// unpackKernel returns the kernel that is packed in a file.
func unpackKernel(image string) (*os.File, error) {
	whole, err := os.ReadFile(image)
	if err != nil {
		return nil, err
	}
	packed, size, err := payload(whole)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", image, err)
	}
	fd, err := unix.MemfdCreate("vmlinux", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", image, err)
	}
	f := os.NewFile(uintptr(fd), "vmlinux")
	if err := unpackTo(f, packed, size); err != nil {
		f.Close()
		return nil, fmt.Errorf("unpack %s: %w", image, err)
	}
	return f, nil
}

// unpackTo writes a kernel of that size, and looks whether it can be started.
func unpackTo(f *os.File, packed []byte, size int64) error {
	r, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer r.Close()
	n, err := io.Copy(f, io.LimitReader(r, size+1))
	switch {
	case err != nil:
		return err
	case n != size:
		return fmt.Errorf("it has not the %d bytes that it says", size)
	case !hasEntry(f):
		return errors.New("no note of it says where QEMU could start it")
	}
	return nil
}

// Where a kernel's file says what is packed in it: Documentation/arch/x86/boot.rst in its
// source. Numbers are in little-endian order.
const (
	headSectors = 0x1f1 // 512 bytes each, that come before; and one more
	headMagic   = 0x202 // "HdrS"
	headVersion = 0x206
	headPayload = 0x248 // where it begins, behind the sectors
	headLength  = 0x24c // how long it is, with its own size behind it
	headEnd     = 0x250

	withPayload = 0x208 // the version of the head that has all these
	sizeBytes   = 4     // at the end of what is packed: how long it is unpacked
)

// payload returns what is packed in a kernel's file, and how long it is unpacked.
func payload(whole []byte) (packed []byte, size int64, err error) {
	le := binary.LittleEndian
	if len(whole) < headEnd || string(whole[headMagic:headMagic+4]) != "HdrS" || le.Uint16(whole[headVersion:]) < withPayload {
		return nil, 0, errors.New("it is not a kernel with a kernel inside")
	}
	start := (int64(whole[headSectors])+1)*512 + int64(le.Uint32(whole[headPayload:]))
	end := start + int64(le.Uint32(whole[headLength:])) - sizeBytes
	if end < start || end+sizeBytes > int64(len(whole)) {
		return nil, 0, errors.New("it is cut short")
	}
	return whole[start:end], int64(le.Uint32(whole[end:])), nil
}

// Xen's note that names a 32-bit entry: XEN_ELFNOTE_PHYS32_ENTRY in
// include/xen/interface/elfnote.h.
const (
	xenNote  = "Xen\x00"
	xenEntry = 18
)

// hasEntry tells whether an ELF file has the note that QEMU looks for. Notes are the sizes
// of name and content, the type, and both of them, padded to 4 bytes.
func hasEntry(r io.ReaderAt) bool {
	f, err := elf.NewFile(r)
	if err != nil {
		return false
	}
	section := f.Section(".notes")
	if section == nil {
		return false
	}
	notes, err := section.Data()
	if err != nil {
		return false
	}
	const head = 12
	for len(notes) >= head {
		name, content := f.ByteOrder.Uint32(notes), f.ByteOrder.Uint32(notes[4:])
		if f.ByteOrder.Uint32(notes[8:]) == xenEntry && bytes.HasPrefix(notes[head:], []byte(xenNote)) {
			return true
		}
		next := head + (int64(name)+3)&^3 + (int64(content)+3)&^3
		notes = notes[min(next, int64(len(notes))):]
	}
	return false
}
