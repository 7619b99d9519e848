package vm

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ulikunitz/xz"
)

// fakeModule is an ELF object whose only section with content is .modinfo.
func fakeModule(info string) []byte {
	const names = "\x00.modinfo\x00.shstrtab\x00"
	const head = 64
	var b bytes.Buffer
	h := elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1},
		Type:  uint16(elf.ET_REL), Machine: uint16(elf.EM_X86_64), Version: 1,
		Shoff: uint64(head + len(info) + len(names)), Ehsize: head, Shentsize: 64, Shnum: 3, Shstrndx: 2,
	}
	sections := []elf.Section64{
		{},
		{Name: 1, Type: uint32(elf.SHT_PROGBITS), Off: head, Size: uint64(len(info))},
		{Name: 10, Type: uint32(elf.SHT_STRTAB), Off: uint64(head + len(info)), Size: uint64(len(names))},
	}
	binary.Write(&b, binary.LittleEndian, h)
	b.WriteString(info + names)
	binary.Write(&b, binary.LittleEndian, sections)
	return b.Bytes()
}

// moduleFiles makes a package's tree of modules: names → what they depend on.
// Those whose name ends in .xz are compressed.
func moduleFiles(t *testing.T, builtin string, files map[string]string) string {
	t.Helper()
	lib := t.TempDir()
	dir := filepath.Join(lib, "kernel", "drivers")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lib, "modules.builtin"), []byte(builtin), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, depends := range files {
		data := fakeModule("license=GPL\x00depends=" + depends + "\x00retpoline=Y\x00")
		if filepath.Ext(name) == ".xz" {
			var packed bytes.Buffer
			w, err := xz.NewWriter(&packed)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(data)
			w.Close()
			data = packed.Bytes()
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return lib
}

func TestExtractModules(t *testing.T) {
	lib := moduleFiles(t, "kernel/lib/built-in.ko\n", map[string]string{
		"console.ko":  "ring,bus",
		"bus.ko.xz":   "ring,built_in",
		"ring.ko":     "",
		"veth.ko.xz":  "",
		"other.ko":    "",
		"a-b.ko":      "",
		"firmware.gz": "",
	})
	out := t.TempDir()
	got, err := extract(lib, out, []string{"console", "veth", "a_b", "built_in"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"ring.ko", "bus.ko", "console.ko", "veth.ko", "a_b.ko"}; !slices.Equal(got, want) {
		t.Errorf("load order %q, want %q", got, want)
	}
	for _, name := range got {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !bytes.HasPrefix(data, []byte("\x7fELF")) {
			t.Errorf("%s is not there uncompressed: %v", name, err)
		}
	}
}

func TestExtractModulesErrors(t *testing.T) {
	t.Parallel()
	lib := moduleFiles(t, "", map[string]string{"veth.ko": "gone"})
	for name, want := range map[string]string{
		"veth":  "module veth: gone is not in the package",
		"dummy": "module dummy: dummy is not in the package",
	} {
		if _, err := extract(lib, t.TempDir(), []string{name}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func extract(lib, dir string, names []string) ([]string, error) {
	t, err := openModules(lib, dir)
	if err != nil {
		return nil, err
	}
	return t.extractAll(names)
}
