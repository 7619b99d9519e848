package symbol

import (
	"bytes"
	"debug/elf"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "read symbols: ") {
		t.Errorf("of a file that is not there: %v", err)
	}
	for name, text := range map[string]string{"empty": "", "script": "#!/bin/sh\necho\n", "short": "\x7fELF\x02\x01\x01"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Open(file)
		if !errors.Is(err, ErrNotELF) || err.Error() != "read symbols: not an ELF file: "+file {
			t.Errorf("of a file that is %s: %v", name, err)
		}
	}
}

// TestNotGo reads a file that Go did not make, and that keeps only names.
func TestNotGo(t *testing.T) {
	f := open(t, "../../probes/bpf_x86_bpfel.o")
	if want := "names only, no source lines: not a Go program, or without debug information"; f.Note() != want {
		t.Errorf("it notes %q, want %q", f.Note(), want)
	}
	first := f.functions[0]
	if got := f.Frames(first.low); len(got) != 1 || got[0] != (Frame{Function: first.name}) {
		t.Errorf("at %#x there is %v, want %s alone", first.low, got, first.name)
	}
	if got := f.Frames(1 << 40); got != nil {
		t.Errorf("where nothing is there is %v", got)
	}
}

// TestDamaged cuts a program off, and overwrites parts of it. The reader may say that it
// is damaged, or know less; it must not panic, and must not hang.
func TestDamaged(t *testing.T) {
	for _, flags := range [][]string{nil, {"-ldflags=-compressdwarf=false"}, {"-ldflags=-s"}} {
		whole, err := os.ReadFile(compile(t, []string{noCgo}, flags))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 32 {
			explore(whole[:len(whole)*i/32])
		}
		e, err := elf.NewFile(bytes.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range e.Sections {
			if s.Type == elf.SHT_NOBITS || s.FileSize == 0 {
				continue
			}
			for _, junk := range []byte{0, 0x7f, 0xff} {
				damaged := bytes.Clone(whole)
				for at := s.Offset; at < s.Offset+s.FileSize; at += 1 + s.FileSize/64 {
					damaged[at] = junk
				}
				explore(damaged)
			}
		}
	}
}

func FuzzNewFile(f *testing.F) {
	for _, object := range []string{"bpf_x86_bpfel.o", "bpf_arm64_bpfel.o"} {
		data, err := os.ReadFile("../../probes/" + object)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, data []byte) { explore(data) })
}

// explore asks a file for everything.
func explore(data []byte) {
	f, err := NewFile(bytes.NewReader(data))
	if err != nil {
		return
	}
	code := f.Code()
	for address := code; address < code+1<<20; address += 1 << 12 {
		f.Frames(address)
		f.Frameless(address)
	}
	f.Address(Mapping{Start: 1 << 20, End: 1 << 30}, 1<<25)
	f.Sources(func(string) bool { return true })
}

// What reading a program costs: to open it, and to look up an address for the first time
// and then again.
func BenchmarkOpen(b *testing.B) {
	for name, flags := range map[string][]string{"packed": nil, "unpacked": {"-ldflags=-compressdwarf=false"}, "stripped": {"-ldflags=-s"}} {
		b.Run(name, func(b *testing.B) {
			program := compileLab(b, flags)
			b.ReportAllocs()
			for b.Loop() {
				f, err := Open(program)
				if err != nil {
					b.Fatal(err)
				}
				f.Close()
			}
		})
	}
}

func BenchmarkFrames(b *testing.B) {
	for name, flags := range map[string][]string{"unpacked": {"-ldflags=-compressdwarf=false"}, "stripped": {"-ldflags=-s"}} {
		program := compileLab(b, flags)
		b.Run(name+"/first", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				f := open(b, program)
				at := f.Code() + 1<<20
				b.StartTimer()
				f.Frames(at)
			}
		})
		b.Run(name+"/again", func(b *testing.B) {
			f := open(b, program)
			at := f.Code() + 1<<20
			f.Frames(at)
			b.ReportAllocs()
			for b.Loop() {
				f.Frames(at)
			}
		})
	}
}
