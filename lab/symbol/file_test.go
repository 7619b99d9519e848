package symbol

import (
	"bytes"
	"debug/elf"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOpenErrors(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
			explore(t, whole[:len(whole)*i/32])
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
				explore(t, damaged)
			}
		}
	}
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

// BenchmarkFrames looks up a thousand functions, all over the program, and then again. An op
// is one look-up. The first one in a package costs most: it reads the package's part.
func BenchmarkFrames(b *testing.B) {
	for name, flags := range map[string][]string{"unpacked": {"-ldflags=-compressdwarf=false"}, "stripped": {"-ldflags=-s"}} {
		program := compileLab(b, flags)
		addresses := someFunctions(b, compileLab(b, []string{"-ldflags=-w"})) // laid out alike
		b.Run(name+"/first", func(b *testing.B) {
			b.ReportAllocs()
			var f *File
			for i := range b.N {
				if i%len(addresses) == 0 {
					b.StopTimer()
					f = open(b, program)
					b.StartTimer()
				}
				f.Frames(addresses[i%len(addresses)])
			}
		})
		b.Run(name+"/again", func(b *testing.B) {
			f := open(b, program)
			for _, address := range addresses {
				f.Frames(address)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f.Frames(addresses[i%len(addresses)])
			}
		})
		b.Run(name+"/memory", func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(held(b, program, addresses), "MB-held")
			}
			b.ReportMetric(0, "ns/op") // says nothing here
		})
	}
}

// someFunctions returns the addresses of a thousand of a program's functions.
func someFunctions(b *testing.B, program string) (addresses []uint64) {
	const some = 1000
	all := open(b, program).functions
	for i := range some {
		addresses = append(addresses, all[i*len(all)/some].low)
	}
	return addresses
}

// held returns the megabytes that a file takes when the addresses have been looked up.
func held(b *testing.B, program string, addresses []uint64) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f := open(b, program)
	for _, address := range addresses {
		f.Frames(address)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(f)
	return float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / 1e6
}
