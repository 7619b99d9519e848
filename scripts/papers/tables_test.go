package papers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/exercise"
	"dialpath/lab/export"
	"dialpath/lab/tour"
	"dialpath/lab/workload"
)

// TestWorkloads: the table of workloads has each, and no other.
func TestWorkloads(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, w := range workload.All() {
		want = append(want, w.Name)
	}
	for _, cells := range tableRows(t, "lab/workload/README.md", "| workload |") {
		got = append(got, set(cells[0])...)
	}
	same(t, want, got)
}

// TestFormats: the table of other tools says of each export format how it is written.
func TestFormats(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, f := range export.Formats() {
		want = append(want, f.Name)
	}
	for _, cells := range tableRows(t, "lab/export/README.md", "| for |") {
		for _, m := range regexp.MustCompile(` -o ([a-z-]+)=`).FindAllStringSubmatch(cells[1], -1) {
			got = append(got, m[1])
		}
	}
	same(t, want, got)
}

// TestNumbers: where a page says how many exercises or claims there are, in digits, it is
// right. What a release had, as CHANGELOG.md tells it, stays true.
func TestNumbers(t *testing.T) {
	t.Parallel()
	there := map[string]int{"exercises": len(exercise.All()), "claims": len(tour.Claims())}
	number := regexp.MustCompile(`\b([0-9]+|[a-z]+teen|twenty)\s+(exercises|claims)\b`)
	said := make(map[string]bool)
	for _, page := range allPages(t) {
		if page == "CHANGELOG.md" {
			continue
		}
		for _, m := range number.FindAllStringSubmatch(read(t, page), -1) {
			said[page+m[2]] = true
			if want := strconv.Itoa(there[m[2]]); m[1] != want {
				t.Errorf("%s says that there are %s %s: write %s", page, m[1], m[2], want)
			}
		}
	}
	for what := range there {
		if !said["README.md"+what] {
			t.Errorf("README.md does not say how many %s there are", what)
		}
	}
}

// screens is how many lines README.md may have: about three screens. More goes to a page of
// its own.
const screens = 160

// TestThreeScreens: what a newcomer reads first stays short.
func TestThreeScreens(t *testing.T) {
	t.Parallel()
	if lines := strings.Count(read(t, "README.md"), "\n"); lines > screens {
		t.Errorf("README.md has %d lines, and %d are the most: move some to a page of their own", lines, screens)
	}
}

// tableRows are the cells of a page's table that begins with that.
func tableRows(t *testing.T, page, head string) (rows [][]string) {
	t.Helper()
	_, rest, ok := strings.Cut(read(t, page), "\n"+head)
	if !ok {
		t.Fatalf("%s has no table that begins with %s", page, head)
	}
	for i, line := range slices.Collect(strings.Lines(rest)) {
		if i > 0 && !strings.HasPrefix(line, "|") { // the table has ended
			break
		}
		if i > 1 { // its head, and the line below it
			rows = append(rows, strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|"))
		}
	}
	return rows
}

// same fails unless both have the same names, in any order.
func same(t *testing.T, want, got []string) {
	t.Helper()
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what there is, and what the table has (-there +table):\n%s", diff)
	}
}
