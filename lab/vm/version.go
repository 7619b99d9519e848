package vm

import (
	"cmp"
	"strconv"
	"strings"
)

// compareVersions orders two Debian version numbers as dpkg does
// (deb-version(7)): by epoch, then by upstream version and revision, each as
// runs of non-digits and runs of digits in turn. A tilde sorts before all, even
// before the end.
func compareVersions(a, b string) int {
	ea, ua, ra := splitVersion(a)
	eb, ub, rb := splitVersion(b)
	return cmp.Or(cmp.Compare(ea, eb), compareRuns(ua, ub), compareRuns(ra, rb))
}

func splitVersion(v string) (epoch int, upstream, revision string) {
	if e, rest, ok := strings.Cut(v, ":"); ok {
		epoch, _ = strconv.Atoi(e)
		v = rest
	}
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return epoch, v[:i], v[i+1:]
	}
	return epoch, v, ""
}

func compareRuns(a, b string) int {
	for a != "" || b != "" {
		var ta, tb, na, nb string
		ta, a = cutRun(a, false)
		tb, b = cutRun(b, false)
		if c := compareText(ta, tb); c != 0 {
			return c
		}
		na, a = cutRun(a, true)
		nb, b = cutRun(b, true)
		na, nb = strings.TrimLeft(na, "0"), strings.TrimLeft(nb, "0")
		if c := cmp.Or(cmp.Compare(len(na), len(nb)), cmp.Compare(na, nb)); c != 0 {
			return c
		}
	}
	return 0
}

// cutRun cuts the leading run of digits, or of anything else.
func cutRun(s string, digits bool) (run, rest string) {
	i := 0
	for i < len(s) && isDigit(s[i]) == digits {
		i++
	}
	return s[:i], s[i:]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// compareText compares two runs without digits: a tilde before the end, the end
// before letters, letters before the rest.
func compareText(a, b string) int {
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(weight(a, i), weight(b, i)); c != 0 {
			return c
		}
	}
	return 0
}

func weight(s string, i int) int {
	switch {
	case i >= len(s):
		return 0
	case s[i] == '~':
		return -1
	case 'a' <= s[i]|0x20 && s[i]|0x20 <= 'z':
		return int(s[i])
	}
	return int(s[i]) + 256
}
