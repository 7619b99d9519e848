package view

import (
	"strings"
	"testing"

	"dialpath/lab/doctor/report"
)

// TestDoctor: how a report looks in a terminal, to the byte. The golden files of lab/doctor
// are reports of many machines, without colours.
func TestDoctor(t *testing.T) {
	t.Parallel()
	r := report.Report{Kernel: "6.12", Arch: "amd64", Verdict: "Be root.", Checks: []report.Check{
		{Name: "a", State: report.Missing, Found: "nothing", Blocks: "all", Mend: strings.Repeat("mend it ", 10)},
		{Name: "long", State: report.NotNeeded, Found: strings.Repeat("wordy ", 13)},
	}}
	want := "dialpath doctor · Linux 6.12 amd64\n\n" +
		"\x1b[31m✗\x1b[0m a     nothing\n" +
		"        blocks all\n" +
		"        mend   mend it mend it mend it mend it mend it mend it mend it\n" +
		"               mend it mend it mend it\n" +
		"\x1b[2m·\x1b[0m long  wordy wordy wordy wordy wordy wordy wordy wordy wordy wordy wordy wordy\n" +
		"        wordy\n\n" +
		"\x1b[32m✓\x1b[0m ok   \x1b[31m✗\x1b[0m missing   \x1b[2m·\x1b[0m not essential   \x1b[33m?\x1b[0m only root can tell\n\n" +
		"Be root.\n"
	var b strings.Builder
	if err := Doctor(&b, r, Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%q\nwant\n%q", b.String(), want)
	}
}
