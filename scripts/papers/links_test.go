package papers

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"dialpath/scripts/pages"
)

// A link is what a page leads to in the project.
type link struct {
	to     string // file or folder, from the project's folder; the page itself if none was given
	anchor string // heading, or "" for none
}

// TestLinks: what the pages lead to is there, and headings, too.
func TestLinks(t *testing.T) {
	t.Parallel()
	found := 0
	for _, page := range allPages(t) {
		for _, l := range links(page, read(t, page)) {
			found++
			if _, err := os.Stat(filepath.Join(root, l.to)); err != nil {
				t.Errorf("%s leads to %s, and there is no such thing", page, l.to)
			} else if l.anchor != "" && !anchors(read(t, l.to))[l.anchor] {
				t.Errorf("%s leads to %s#%s, and there is no such heading", page, l.to, l.anchor)
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d links were found", found)
	}
}

// TestReached: a page that no other leads to is read by nobody.
func TestReached(t *testing.T) {
	t.Parallel()
	all, reached, next := allPages(t), map[string]bool{}, []string{"README.md"}
	for len(next) > 0 {
		page := next[0]
		next = next[1:]
		if reached[page] || !slices.Contains(all, page) { // TestLinks tells of one that is not there
			continue
		}
		reached[page] = true
		for _, l := range links(page, read(t, page)) {
			if path.Ext(l.to) == ".md" {
				next = append(next, l.to)
			}
		}
	}
	for _, page := range all {
		if !reached[page] {
			t.Errorf("from README.md no link leads to %s, not by other pages either", page)
		}
	}
}

func TestLinksOfText(t *testing.T) {
	t.Parallel()
	const text = "# A\n[a](../b.md) [`b`](b.md#a-b)\n[c](#a-b) [d](https://c.d/e#f)\n## A: `b`!\n```\n[e](f.md)\n# G\n```\n"
	got := links("x/y.md", text)
	want := []link{{"b.md", ""}, {"x/b.md", "a-b"}, {"x/y.md", "a-b"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := anchors(text); len(got) != 2 || !got["a"] || !got["a-b"] {
		t.Errorf("got the headings %v, want a and a-b", got)
	}
}

// allPages are the names of the project's pages.
func allPages(t *testing.T) []string {
	t.Helper()
	names, err := pages.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

var (
	block   = regexp.MustCompile("(?ms)^```.*?^```$")
	target  = regexp.MustCompile(`\]\(([^)#]*)(?:#([^)]*))?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// links are those of a page, but for the ones that lead out of the project.
func links(page, text string) (all []link) {
	for _, m := range target.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
		switch {
		case strings.HasPrefix(m[1], "https://"):
		case m[1] == "":
			all = append(all, link{page, m[2]})
		default:
			all = append(all, link{path.Join(path.Dir(page), m[1]), m[2]})
		}
	}
	return all
}

// anchors are a page's headings, in the form that links to them have: in small letters, with
// hyphens for spaces, without other signs.
func anchors(text string) map[string]bool {
	all := make(map[string]bool)
	for _, m := range heading.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
		all[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])] = true
	}
	return all
}
