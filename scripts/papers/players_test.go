package papers

import (
	"regexp"
	"testing"

	"dialpath/lab/exercise"
	"dialpath/lab/kernel"
)

// shown is a page's block of output or of commands.
var shown = regexp.MustCompile("(?ms)^```.*?^```|^(    |\t).*?$")

// TestPlayersInTexts: a text that tells who plays a part on one kernel and on another tells
// so of all that the lab can trace. Else it is wrong from the next rename on.
func TestPlayersInTexts(t *testing.T) {
	t.Parallel()
	texts := make(map[string]string)
	for _, page := range allPages(t) {
		if page != "CHANGELOG.md" {
			texts[page] = shown.ReplaceAllString(read(t, page), "")
		}
	}
	for _, e := range exercise.All() {
		texts["the text of exercise "+e.Name] = e.Goal + e.Background + e.Explanation
		for _, q := range e.Questions {
			texts["question "+q.Key+" of exercise "+e.Name] = q.Text + q.Why
		}
	}
	told := 0
	for where, text := range texts {
		for _, part := range kernel.Parts() {
			var missing []string
			players := part.Today()
			for _, player := range players {
				if !regexp.MustCompile(`\b` + player + `\b`).MatchString(text) {
					missing = append(missing, player)
				}
			}
			if len(missing) > 0 && len(players)-len(missing) > 1 {
				t.Errorf("%s tells of the other players of %s, and not of %q", where, part.Name, missing)
			}
			if len(players) > 1 && len(missing) == 0 {
				told++
			}
		}
	}
	if told < 4 {
		t.Errorf("only %d texts tell who plays a part when", told)
	}
}
