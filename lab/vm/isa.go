package vm

import (
	"debug/buildinfo"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os/exec"
	"strings"

	"golang.org/x/sys/cpu"
)

// Processors of x86-64 come in levels, from v1 to v4, and a program may be built for one:
// then it does not run below. The psABI of x86-64 says what belongs to which.

// A need is a program that wants a level.
type need struct {
	Path  string `json:"path"`
	Level int    `json:"level"`
}

// wantedLevel returns the level that a program was built for: 1 if it says nothing. Go's
// programs have it in their build information, those of C compilers in a note.
func wantedLevel(name string) int {
	level := 1
	if info, err := buildinfo.ReadFile(name); err == nil {
		for _, s := range info.Settings {
			if s.Key == "GOAMD64" {
				fmt.Sscanf(s.Value, "v%d", &level)
			}
		}
	}
	f, err := elf.Open(name)
	if err != nil {
		return level
	}
	defer f.Close()
	if section := f.Section(".note.gnu.property"); section != nil && f.Machine == elf.EM_X86_64 {
		if note, err := section.Data(); err == nil {
			level = max(level, notedLevel(note))
		}
	}
	return level
}

// notedLevel reads GNU_PROPERTY_X86_ISA_1_NEEDED, a bit for each level, from a note of
// type NT_GNU_PROPERTY_TYPE_0: sizes of name and content, type, the name GNU; and then
// properties, each its type, its size and its data, padded to 8 bytes.
func notedLevel(note []byte) int {
	const (
		head      = 16
		isaNeeded = 0xc0008002
	)
	level := 1
	for at := head; at+12 <= len(note); {
		kind, size := binary.LittleEndian.Uint32(note[at:]), binary.LittleEndian.Uint32(note[at+4:])
		if kind == isaNeeded {
			for bits := binary.LittleEndian.Uint32(note[at+8:]) >> 1; bits != 0; bits >>= 1 {
				level++
			}
			return level
		}
		if size > uint32(len(note)) {
			break
		}
		at += 8 + (int(size)+7)&^7
	}
	return level
}

// cpuLevel returns the level of this processor.
func cpuLevel() int {
	x := cpu.X86
	switch {
	case !x.HasSSE3 || !x.HasSSSE3 || !x.HasSSE41 || !x.HasSSE42 || !x.HasPOPCNT || !x.HasCX16:
		return 1
	case !x.HasAVX || !x.HasAVX2 || !x.HasBMI1 || !x.HasBMI2 || !x.HasFMA || !x.HasOSXSAVE:
		return 2
	case !x.HasAVX512F || !x.HasAVX512BW || !x.HasAVX512CD || !x.HasAVX512DQ || !x.HasAVX512VL:
		return 3
	}
	return 4
}

// refuse tells which of the programs this processor, of that level, cannot run.
func refuse(needs []need, level int) error {
	for _, n := range needs {
		if n.Level > level {
			return fmt.Errorf("run %s: it was built for x86-64-v%d, and this guest's processor is an x86-64-v%d: "+
				"build it for that one (Go: GOAMD64=v%d), or take a guest by KVM", n.Path, n.Level, level, level)
		}
	}
	return nil
}

// emulatedLevel returns the best level that a QEMU emulates, of which this is what it says
// of its version: "QEMU emulator version 7.2.22 (…)". 7.2 was the first with AVX2.
func emulatedLevel(version string) int {
	var major, minor int
	_, numbers, _ := strings.Cut(version, "version ")
	fmt.Sscanf(numbers, "%d.%d", &major, &minor)
	if major > 7 || major == 7 && minor >= 2 {
		return 3
	}
	return 2
}

// checkOwn refuses to boot a guest whose lab could not even say what is wrong.
func (a accelerator) checkOwn(binary string) error {
	level := wantedLevel(binary)
	if a.name != byTCG.name || level <= 2 {
		return nil
	}
	version, err := exec.Command(qemuProgram, "--version").Output()
	if err != nil {
		return startError(err)
	}
	if err := refuse([]need{{binary, level}}, emulatedLevel(string(version))); err != nil {
		return fmt.Errorf("boot a guest by %s: %w", a.name, err)
	}
	return nil
}
