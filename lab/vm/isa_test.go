package vm

import (
	"os"
	"path/filepath"
	"testing"
)

// TestNotedLevel reads notes as the linker writes them with -z x86-64-v2 and -v3: sizes,
// type and owner, then properties of 16 bytes, padding included.
func TestNotedLevel(t *testing.T) {
	t.Parallel()
	head := "\x04\x00\x00\x00\x20\x00\x00\x00\x05\x00\x00\x00GNU\x00"
	ibt := "\x02\x00\x00\xc0\x04\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00"
	isa := func(bits string) string {
		return "\x02\x80\x00\xc0\x04\x00\x00\x00" + bits + "\x00\x00\x00\x00\x00\x00\x00"
	}
	for name, test := range map[string]struct {
		note string
		want int
	}{
		"none":                 {"", 1},
		"cut off":              {head + ibt[:7], 1},
		"another property":     {head + ibt, 1},
		"a size beyond it all": {head + "\x02\x00\x00\xc0\xff\xff\xff\xff" + ibt, 1},
		"v1":                   {head + isa("\x01"), 1},
		"v2":                   {head + ibt + isa("\x03"), 2},
		"v3":                   {head + ibt + isa("\x07"), 3},
		"v4 alone":             {head + isa("\x08"), 4},
	} {
		if got := notedLevel([]byte(test.note)); got != test.want {
			t.Errorf("%s: v%d, want v%d", name, got, test.want)
		}
	}
}

// TestWantedLevel: this program, a file that is none, and the lab itself.
func TestWantedLevel(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("GOAMD64=v3"), 0o644); err != nil {
		t.Fatal(err)
	}
	if own := wantedLevel(self); own > cpuLevel() {
		t.Errorf("this runs, and wants v%d of a v%d", own, cpuLevel())
	}
	if got := wantedLevel(text); got != 1 {
		t.Errorf("a text: v%d", got)
	}
	err = refuse([]need{{"/bin/a", 2}, {"/bin/b", 4}}, 3)
	if want := "run /bin/b: it was built for x86-64-v4, and this guest's processor is an x86-64-v3: " +
		"build it for that one (Go: GOAMD64=v3), or take a guest by KVM"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := refuse([]need{{"/bin/b", 4}}, 4); err != nil {
		t.Error(err)
	}
	for version, want := range map[string]int{
		"QEMU emulator version 6.2.0 (Debian 1:6.2+dfsg-2ubuntu6.26)\n": 2,
		"QEMU emulator version 7.1.90\n":                                2,
		"QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\n": 3,
		"QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1)\n": 3,
		"something else": 2,
	} {
		if got := emulatedLevel(version); got != want {
			t.Errorf("%q: v%d, want v%d", version, got, want)
		}
	}
}
