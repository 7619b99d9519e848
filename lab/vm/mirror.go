package vm

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// mirrors are the base addresses of a Debian mirror and of its security updates.
type mirrors struct {
	main, security string
}

// Environment variables that name a mirror instead of the machine's own apt
// configuration. The security mirror is the main one with "-security" after it,
// as Debian's own are, unless it is named too.
const (
	MirrorEnv         = "DIALPATH_MIRROR"
	SecurityMirrorEnv = "DIALPATH_SECURITY_MIRROR"
)

var errNoMirror = errors.New("this machine's apt names no Debian mirror: set " + MirrorEnv + " to the address of one")

// of returns the base address for a suite.
func (m mirrors) of(suite string) string {
	if strings.HasSuffix(suite, "-security") {
		return m.security
	}
	return m.main
}

// keyring holds the keys that the Debian archive is signed with.
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// findMirrors takes the environment first, then the machine's apt. Without the
// archive's keys no mirror is of use.
func findMirrors(ctx context.Context) (mirrors, error) {
	if _, err := os.Stat(keyring); err != nil {
		return mirrors{}, errors.New("the keys of the Debian archive are not here: install debian-archive-keyring")
	}
	m := mirrors{main: os.Getenv(MirrorEnv), security: os.Getenv(SecurityMirrorEnv)}
	if m.main == "" {
		found, err := aptMirrors(ctx)
		if err != nil {
			return mirrors{}, err
		}
		m.main = found.main
		m.security = cmp.Or(m.security, found.security)
	}
	m.main = strings.TrimRight(m.main, "/")
	m.security = strings.TrimRight(cmp.Or(m.security, m.main+"-security"), "/")
	return m, nil
}

// targetFormat has one line for each index that apt knows of. A field that apt
// cannot fill in stays as it is: of a mirror whose lists were never fetched it
// knows the address and the suite, but not yet the origin.
const targetFormat = "$(ORIGIN)\t$(LABEL)\t$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)"

func aptMirrors(ctx context.Context) (mirrors, error) {
	cmd := exec.CommandContext(ctx, "apt-get", "indextargets", "--no-release-info", "--format", targetFormat)
	unfetched, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return mirrors{}, fmt.Errorf("no apt-get here: %w", errNoTool)
	}
	if err != nil {
		return mirrors{}, errNoMirror
	}
	fetched, _ := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", targetFormat).Output()
	m := chooseMirrors(string(fetched)+string(unfetched), hostCodename())
	if m.main == "" {
		return mirrors{}, errNoMirror
	}
	return m, nil
}

// chooseMirrors picks the first Debian mirrors among the targets. Without an
// origin one is believed on a Debian machine whose own release it serves; were
// it another's after all, the signatures would show it.
func chooseMirrors(targets, codename string) (m mirrors) {
	for line := range strings.Lines(targets) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) != 5 || f[4] != "main" {
			continue
		}
		origin, label, uri, release := f[0], f[1], f[2], f[3]
		base, _, _ := strings.Cut(release, "-")
		if origin != "Debian" && !(origin == "$(ORIGIN)" && codename != "" && base == codename) {
			continue
		}
		switch {
		case label == "Debian-Security" || strings.HasSuffix(release, "-security"):
			m.security = cmp.Or(m.security, uri)
		default:
			m.main = cmp.Or(m.main, uri)
		}
	}
	return m
}

// hostCodename is the name of this machine's Debian release, or empty on
// anything else.
func hostCodename() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return ""
	}
	defer f.Close()
	values := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), "="); ok {
			values[key] = strings.Trim(value, `"'`)
		}
	}
	if values["ID"] != "debian" {
		return ""
	}
	return values["VERSION_CODENAME"]
}
