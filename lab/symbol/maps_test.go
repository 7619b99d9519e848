package symbol

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseMaps(t *testing.T) {
	t.Parallel()
	const text = `00400000-004cf000 r-xp 00000000 fe:00 9986545                            /srv/my program (deleted)
7f557dca0000-7f557de00000 rw-p 00000000 00:00 0 
7fd7cfc7b000-7fd7cfdd1000 r-xp 00026000 fe:00 326269                     /usr/lib/libc.so.6
7f55c492f000-7f55c4931000 r-xp 00000000 00:00 0                          [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`
	maps, err := parseMaps(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := Maps{
		{0x400000, 0x4cf000, 0, 9986545, "/srv/my program (deleted)"},
		{0x7f557dca0000, 0x7f557de00000, 0, 0, ""},
		{0x7fd7cfc7b000, 0x7fd7cfdd1000, 0x26000, 326269, "/usr/lib/libc.so.6"},
		{0x7f55c492f000, 0x7f55c4931000, 0, 0, "[vdso]"},
		{0xffffffffff600000, 0xffffffffff601000, 0, 0, "[vsyscall]"},
	}
	if diff := cmp.Diff(want, maps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for address, want := range map[uint64]string{0x400000: maps[0].Path, 0x4cefff: maps[0].Path, 0x7fd7cfc7b001: maps[2].Path} {
		if m, ok := maps.Find(address); !ok || m.Path != want {
			t.Errorf("at %#x there is %q, want %q", address, m.Path, want)
		}
	}
	for _, address := range []uint64{0, 0x3fffff, 0x4cf000, ^uint64(0)} {
		if m, ok := maps.Find(address); ok {
			t.Errorf("at %#x there is %v, want nothing", address, m)
		}
	}
}

func TestParseMapsErrors(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"garbage":                               `read mappings: line "garbage": 1 fields, not 5 or 6`,
		"x-2 r-xp 0 fe:00 1 /a":                 `read mappings: line "x-2 r-xp 0 fe:00 1 /a": "x" is no number`,
		"1 r-xp 0 fe:00 1 /a":                   `read mappings: line "1 r-xp 0 fe:00 1 /a": "" is no number`,
		"1-2 r-xp 0 fe:00 0x1 /a":               `read mappings: line "1-2 r-xp 0 fe:00 0x1 /a": "0x1" is no number`,
		"1-2 r-xp 11112222333344445 fe:00 1 /a": `read mappings: line "1-2 r-xp 11112222333344445 fe:00 1 /a": "11112222333344445" is no number`,
	} {
		_, err := parseMaps(strings.NewReader(line))
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestReadMaps(t *testing.T) {
	t.Parallel()
	maps, err := ReadMaps(os.Getpid())
	if err != nil || len(maps) == 0 {
		t.Errorf("of this process: %d mappings, %v", len(maps), err)
	}
	if _, err := ReadMaps(1 << 30); err == nil || !strings.HasPrefix(err.Error(), "read mappings: ") {
		t.Errorf("of a process that there is not: %v", err)
	}
}

func FuzzParseMaps(f *testing.F) {
	f.Add("00400000-004cf000 r-xp 00000000 fe:00 9986545    /srv/program\n")
	f.Fuzz(func(t *testing.T, text string) {
		maps, err := parseMaps(strings.NewReader(text))
		if err != nil && maps != nil {
			t.Errorf("%v, and yet %v", err, maps)
		}
		maps.Find(0x400000)
	})
}
