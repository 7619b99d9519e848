package vm

import (
	"strings"
	"testing"
)

func TestChooseMirrors(t *testing.T) {
	t.Parallel()
	// As apt-get indextargets prints them.
	const fetched = `Vendor	Vendor	http://vendor.test/apt/	stable	main
Debian	Debian	http://near.test/debian/	bookworm	main
Debian	Debian	http://near.test/debian/	bookworm	contrib
Debian	Debian	http://far.test/debian/	bookworm-updates	main
Debian	Debian-Security	http://near.test/debian-security/	bookworm-security	main
`
	unfetched := strings.NewReplacer("Vendor\tVendor", "$(ORIGIN)\t$(LABEL)",
		"Debian\tDebian-Security", "$(ORIGIN)\t$(LABEL)", "Debian\tDebian", "$(ORIGIN)\t$(LABEL)").Replace(fetched)
	near := mirrors{"http://near.test/debian/", "http://near.test/debian-security/"}
	for _, c := range []struct {
		name, targets, codename string
		want                    mirrors
	}{
		{"lists fetched", fetched, "bookworm", near},
		{"on a derivative with Debian's mirror", fetched, "", near},
		{"lists never fetched", unfetched, "bookworm", near},
		{"lists never fetched, not Debian", unfetched, "", mirrors{}},
		{"no security mirror", "Debian\tDebian\tcopy:/mirror/\ttrixie\tmain\n", "trixie", mirrors{main: "copy:/mirror/"}},
		{"Ubuntu", "Ubuntu\tUbuntu\thttp://near.test/ubuntu/\tnoble\tmain\n", "", mirrors{}},
		{"nothing", "", "bookworm", mirrors{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := chooseMirrors(c.targets, c.codename); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestMirrorOf(t *testing.T) {
	t.Parallel()
	m := mirrors{"http://m.test/debian", "http://m.test/debian-security"}
	for suite, want := range map[string]string{
		"trixie":            m.main,
		"trixie-backports":  m.main,
		"bookworm-security": m.security,
	} {
		if got := m.of(suite); got != want {
			t.Errorf("%s comes from %s, want %s", suite, got, want)
		}
	}
}
