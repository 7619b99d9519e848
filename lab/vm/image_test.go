package vm

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"dialpath/lab/ring"
)

// TestUnpackKernel takes a kernel apart that is packed as Debian's are, and is some
// hundred bytes long; and refuses what QEMU could not start.
func TestUnpackKernel(t *testing.T) {
	t.Parallel()
	kernel := handKernel("Xen\x00", xenEntry)
	whole := packedKernel(t, kernel)
	edit := func(at int, b ...byte) []byte {
		edited := bytes.Clone(whole)
		copy(edited[at:], b)
		return edited
	}
	for name, test := range map[string]struct {
		file []byte
		want string // how it fails; nothing if it does not
	}{
		"whole":            {whole, ""},
		"no kernel":        {[]byte("\x7fELF" + strings.Repeat("\x00", 600)), "it is not a kernel with a kernel inside"},
		"short":            {whole[:headMagic], "it is not a kernel with a kernel inside"},
		"old":              {edit(headVersion, 0x07, 0x02), "it is not a kernel with a kernel inside"},
		"cut":              {whole[:len(whole)-1], "it is cut short"},
		"nothing in it":    {edit(headLength, 3, 0, 0, 0), "it is cut short"},
		"packed otherwise": {edit(len(whole)-sizeBytes-len(zstandard(t, kernel)), 0x02, 0x21, 0x4c, 0x18), zstd.ErrMagicMismatch.Error()},
		"longer than said": {edit(len(whole)-sizeBytes, byte(len(kernel)-1)), "it has not the "},
		"another note":     {packedKernel(t, handKernel("Xen\x00", xenEntry+1)), "no note of it says where QEMU could start it"},
		"another's note":   {packedKernel(t, handKernel("GNU\x00", xenEntry)), "no note of it says where QEMU could start it"},
		"no ELF file":      {packedKernel(t, []byte("kernel")), "no note of it says where QEMU could start it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			image := filepath.Join(t.TempDir(), "vmlinuz")
			if err := os.WriteFile(image, test.file, 0o644); err != nil {
				t.Fatal(err)
			}
			f, err := unpackKernel(image)
			if test.want != "" {
				if err == nil || !strings.HasPrefix(err.Error(), "unpack "+image+": "+test.want) {
					t.Errorf("error %v, want %s", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if got := contents(t, f); !bytes.Equal(got, kernel) {
				t.Errorf("unpacked are %d bytes %x, want %d %x", len(got), got, len(kernel), kernel)
			}
		})
	}
}

// TestOpenKernel: software emulation boots the kernel proper, KVM the file, and either the
// file if there is no other way.
func TestOpenKernel(t *testing.T) {
	t.Parallel()
	image := filepath.Join(t.TempDir(), "vmlinuz")
	kernel := handKernel("Xen\x00", xenEntry)
	for _, file := range [][]byte{packedKernel(t, kernel), []byte("something else")} {
		if err := os.WriteFile(image, file, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, acc := range []accelerator{byTCG, byKVM} {
			f, err := openKernel(acc, image)
			if err != nil {
				t.Fatal(err)
			}
			want := file
			if acc.name == byTCG.name && len(file) > headEnd {
				want = kernel
			}
			if got := contents(t, f); !bytes.Equal(got, want) {
				t.Errorf("%s of %d bytes: %d bytes, want %d", acc.name, len(file), len(got), len(want))
			}
			f.Close()
		}
	}
}

// TestUnpackDebians: the kernel that guests boot by default is one that can be unpacked.
func TestUnpackDebians(t *testing.T) {
	ring.Guest(t)
	k, err := Fetch(t.Context(), DefaultKernel, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := unpackKernel(k.Image)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func contents(t *testing.T, f *os.File) []byte {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, info.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// packedKernel makes a kernel's file: a head, a sector, and the kernel with its size behind.
func packedKernel(t *testing.T, kernel []byte) []byte {
	t.Helper()
	packed := binary.LittleEndian.AppendUint32(zstandard(t, kernel), uint32(len(kernel)))
	const before = 8 // bytes of the program that unpacks
	file := make([]byte, 2*512+before, 2*512+before+len(packed))
	file[headSectors] = 1
	copy(file[headMagic:], "HdrS\x08\x02")
	binary.LittleEndian.PutUint32(file[headPayload:], before)
	binary.LittleEndian.PutUint32(file[headLength:], uint32(len(packed)))
	return append(file, packed...)
}

func zstandard(t *testing.T, kernel []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(kernel, nil)
}

// handKernel makes an ELF file with one note before the one that counts.
func handKernel(owner string, kind uint32) []byte {
	const (
		names = "\x00.notes\x00.shstrtab\x00"
		head  = 64 // bytes of the file's head, and of each of the table of sections
	)
	var notes bytes.Buffer
	for _, n := range []struct {
		owner, content string
		kind           uint32
	}{{"Linux\x00", "six\x00", 256}, {owner, "\x20\x0b\x00\x01", kind}} {
		binary.Write(&notes, binary.LittleEndian, []uint32{uint32(len(n.owner)), uint32(len(n.content)), n.kind})
		notes.WriteString(n.owner + strings.Repeat("\x00", -len(n.owner)&3) + n.content)
	}
	h := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Ehsize: head, Shentsize: head, Shnum: 3, Shstrndx: 2,
		Shoff: head + uint64(notes.Len()+len(names)),
	}
	sections := []elf.Section64{
		{},
		{Name: 1, Type: uint32(elf.SHT_NOTE), Off: head, Size: uint64(notes.Len())},
		{Name: 8, Type: uint32(elf.SHT_STRTAB), Off: head + uint64(notes.Len()), Size: uint64(len(names))},
	}
	var file bytes.Buffer
	binary.Write(&file, binary.LittleEndian, h)
	file.Write(notes.Bytes())
	file.WriteString(names)
	binary.Write(&file, binary.LittleEndian, sections)
	return file.Bytes()
}
