package symbol

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

// Debug information that is written by hand, as no compiler would, with these kinds of
// entries. It is of a unit, and a function f in it.
const (
	handUnit     = iota + 1 // with an address, a length, and entries within
	handFunction            // the same, and a name
	handInlined             // with an address, a length, and an entry that it comes from
	handBlock               // with entries within, and nothing else
)

var handAbbrev = []byte{
	handUnit, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0,
	handFunction, 0x2e, 1, 0x11, 0x01, 0x12, 0x06, 0x03, 0x08, 0, 0,
	handInlined, 0x1d, 0, 0x11, 0x01, 0x12, 0x06, 0x31, 0x13, 0, 0,
	handBlock, 0x0b, 1, 0, 0,
	0,
}

const handCode = 0x400000

// handSpan is an address and a length.
func handSpan() []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, handCode), 0x1000)
}

// handInfo returns the entries. What is within f is told where it will be.
func handInfo(within func(offset int) []byte) []byte {
	var b bytes.Buffer
	b.Write([]byte{4, 0, 0, 0, 0, 0, 8}) // DWARF 4, its abbreviations, bytes of an address
	b.WriteByte(handUnit)
	b.Write(handSpan())
	b.WriteByte(handFunction)
	b.Write(handSpan())
	b.WriteString("f\x00")
	b.Write(within(4 + b.Len()))
	b.Write([]byte{0, 0})
	return append(binary.LittleEndian.AppendUint32(nil, uint32(b.Len())), b.Bytes()...)
}

func nothing(int) []byte { return nil }

// handELF returns a program with those entries, in a section of that name.
func handELF(name string, info []byte) []byte {
	names := []string{"", ".text", ".debug_abbrev", name, ".debug_line", ".shstrtab"}
	texts := [][]byte{nil, {0xc3}, handAbbrev, info, nil, []byte(strings.Join(names, "\x00") + "\x00")}
	var sections []elf.Section64
	at, named := uint64(64+56), uint32(0)
	for i, text := range texts {
		sections = append(sections, elf.Section64{Name: named, Type: uint32(elf.SHT_PROGBITS), Off: at, Size: uint64(len(text))})
		at, named = at+uint64(len(text)), named+uint32(len(names[i])+1)
	}
	sections[0].Type, sections[5].Type = uint32(elf.SHT_NULL), uint32(elf.SHT_STRTAB)
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1}, Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1,
		Phoff: 64, Shoff: at, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64, Shnum: 6, Shstrndx: 5,
	})
	binary.Write(&b, binary.LittleEndian, elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_X), Vaddr: handCode, Filesz: 0x1000, Memsz: 0x1000,
	})
	b.Write(bytes.Join(texts, nil))
	binary.Write(&b, binary.LittleEndian, sections)
	return b.Bytes()
}

// TestHostile reads debug information that would take its readers all memory. One that is
// made in the same way, and is right, is read.
func TestHostile(t *testing.T) {
	t.Parallel()
	const deep = 1 << 24
	for _, test := range []struct {
		name   string
		within func(offset int) []byte
		want   int // frames
	}{
		{"right", nothing, 1},
		{"right, nested", func(int) []byte {
			return append(bytes.Repeat([]byte{handBlock}, 100), make([]byte, 100)...)
		}, 1},
		{"nested", func(int) []byte { return bytes.Repeat([]byte{handBlock}, deep) }, 0},
		{"nested and closed", func(int) []byte {
			return append(bytes.Repeat([]byte{handBlock}, deep), make([]byte, deep)...)
		}, 0},
		{"each from the next, which is from itself", func(offset int) []byte {
			one := append([]byte{handInlined}, handSpan()...)
			one = binary.LittleEndian.AppendUint32(one, uint32(offset+len(one)+4))
			return append(one, one...)
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := NewFile(bytes.NewReader(handELF(".debug_info", handInfo(test.within))))
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Frames(handCode); len(got) != test.want || len(got) == 1 && got[0] != (Frame{Function: "f"}) {
				t.Errorf("it has %+v, want f %d times", got, test.want)
			}
		})
	}
}

// TestHuge reads a small file that says to be huge once it is unpacked.
func TestHuge(t *testing.T) {
	t.Parallel()
	info := append(binary.BigEndian.AppendUint64([]byte("ZLIB"), 1<<40), 0x78, 0x9c)
	f, err := NewFile(bytes.NewReader(handELF(".zdebug_info", info)))
	if err != nil {
		t.Fatal(err)
	}
	const want = "its debug information is damaged, so source lines do not show: it is larger than 1024 MB"
	if f.Note() != want {
		t.Errorf("it notes %q, want %q", f.Note(), want)
	}
}

// TestDamagedDWARF spoils the debug information of a Go program, and nothing else: the
// tables of the runtime serve.
func TestDamagedDWARF(t *testing.T) {
	whole, err := os.ReadFile(compile(t, []string{noCgo}, []string{"-ldflags=-compressdwarf=false"}))
	if err != nil {
		t.Fatal(err)
	}
	e, err := elf.NewFile(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	copy(whole[e.Section(".debug_info").Offset:], "\xff\xff\xff\x7f") // the length of the first unit
	f, err := NewFile(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if want := "its debug information is damaged, so inlined calls do not show: "; !strings.HasPrefix(f.Note(), want) {
		t.Errorf("it notes %q, want %q…", f.Note(), want)
	}
	for _, s := range f.functions {
		if s.name == "main.main" {
			if got := f.Frames(s.low); len(got) != 1 || got[0].Function != "main.main" || !strings.HasSuffix(got[0].File, "main.go") {
				t.Errorf("at main.main there is %+v", got)
			}
		}
	}
}

// FuzzNewFile begins with small files: of a large one, most of what is changed is text that
// nobody reads.
func FuzzNewFile(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	f.Add(handELF(".debug_info", handInfo(nothing)))
	f.Add(handELF(".debug_info", handInfo(func(offset int) []byte {
		return binary.LittleEndian.AppendUint32(append([]byte{handInlined}, handSpan()...), uint32(offset-15))
	})))
	f.Fuzz(explore)
}

// FuzzProgram overwrites some bytes of a program's tables: of its debug information, or, in
// a stripped one, of those that the runtime has.
func FuzzProgram(f *testing.F) {
	var programs [][]byte
	var tables [][]*elf.Section
	for _, flags := range []string{"-compressdwarf=false", "-s"} {
		whole, err := os.ReadFile(compile(f, []string{noCgo}, []string{"-ldflags=" + flags}))
		if err != nil {
			f.Fatal(err)
		}
		e, err := elf.NewFile(bytes.NewReader(whole))
		if err != nil {
			f.Fatal(err)
		}
		var of []*elf.Section
		for _, s := range e.Sections {
			if strings.HasPrefix(s.Name, ".debug_") || s.Name == ".gopclntab" || s.Name == ".symtab" {
				of = append(of, s)
			}
		}
		programs, tables = append(programs, whole), append(tables, of)
	}
	f.Add(false, byte(0), uint32(0), []byte{0xff})
	f.Add(true, byte(0), uint32(8), []byte{0xff, 0xff, 0xff, 0x7f}) // the number of functions
	f.Add(true, byte(0), uint32(30), []byte("000"))                 // where their names are
	f.Fuzz(func(t *testing.T, stripped bool, table byte, at uint32, junk []byte) {
		i := 0
		if stripped {
			i = 1
		}
		s := tables[i][int(table)%len(tables[i])]
		damaged := bytes.Clone(programs[i])
		copy(damaged[s.Offset+uint64(at)%s.FileSize:s.Offset+s.FileSize], junk)
		explore(t, damaged)
	})
}

// explore asks a file for everything. Whatever it is, an error is a line, and frames are
// whole.
func explore(t *testing.T, data []byte) {
	f, err := NewFile(bytes.NewReader(data))
	if err != nil {
		if text := err.Error(); !strings.HasPrefix(text, "read symbols: ") || strings.Contains(text, "\n") {
			t.Errorf("the error is %q", text)
		}
		return
	}
	code := f.Code()
	for i := range uint64(256) {
		checkFrames(t, f.Frames(code+i<<12))
		f.Frameless(code + i<<12)
	}
	f.Address(Mapping{Start: 1 << 20, End: 1 << 30}, 1<<25)
	f.Sources(func(string) bool { return true })
}

// checkFrames demands that functions have names, and that the last one is in no other.
func checkFrames(t *testing.T, frames []Frame) {
	for i, frame := range frames {
		if frame.Function == "" || frame.Inlined == (i == len(frames)-1) {
			t.Errorf("frame %d is %+v, of %+v", i, frame, frames)
		}
	}
}
