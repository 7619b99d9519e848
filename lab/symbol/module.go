package symbol

import (
	"debug/elf"
)

// Words of the runtime's moduledata, by which Go programs know themselves. These have kept
// their places since Go 1.18 (runtime/symtab.go).
const (
	modulePCHeader = 0      // where the line table is
	moduleText     = 22 * 8 // where Go's code begins
	moduleEnd      = 23 * 8 // and where it ends
	moduleLength   = moduleEnd + 8
)

// goText returns the address at which Go's code begins, given that of the line table. In
// most programs that is where the section .text begins; but a C linker may put code of its
// own first. Nothing says so but the moduledata, which is found by its first word.
func goText(e *elf.File, lines uint64) uint64 {
	text := e.Section(".text")
	words := readWords(e)
	for _, s := range e.Sections {
		if s.Type != elf.SHT_PROGBITS || s.Flags&elf.SHF_WRITE == 0 {
			continue
		}
		data, err := s.Data()
		if err != nil {
			continue
		}
		for at := 0; at+moduleLength <= len(data); at += 8 {
			word := func(offset int) uint64 {
				return words.at(s.Addr+uint64(at+offset), e.ByteOrder.Uint64(data[at+offset:]))
			}
			if word(modulePCHeader) != lines {
				continue
			}
			start, end := word(moduleText), word(moduleEnd)
			if text.Addr <= start && start < end && end <= text.Addr+text.Size {
				return start
			}
		}
	}
	return text.Addr
}

// words are those that the dynamic linker writes into a position independent program, less
// where that is loaded, by their addresses. In the file their places may be empty.
type words map[uint64]uint64

// relative are the relocations that consist in adding where the program is loaded.
var relative = map[elf.Machine]uint32{
	elf.EM_X86_64:  uint32(elf.R_X86_64_RELATIVE),
	elf.EM_AARCH64: uint32(elf.R_AARCH64_RELATIVE),
}

func readWords(e *elf.File) words {
	all := make(words)
	for _, s := range e.Sections {
		if s.Type != elf.SHT_RELA {
			continue
		}
		data, err := s.Data()
		if err != nil {
			continue
		}
		const size = 24 // bytes of an elf.Rela64
		for ; len(data) >= size; data = data[size:] {
			if info := e.ByteOrder.Uint64(data[8:]); elf.R_TYPE64(info) == relative[e.Machine] {
				all[e.ByteOrder.Uint64(data)] = e.ByteOrder.Uint64(data[16:])
			}
		}
	}
	return all
}

// at returns the word at an address, where the file itself has another.
func (all words) at(address, inFile uint64) uint64 {
	if word, ok := all[address]; ok {
		return word
	}
	return inFile
}
