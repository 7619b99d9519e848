package main

import (
	"strings"
	"testing"

	"dialpath/lab/kernel"
)

// TestHooksHelp: lab hooks -h names each part whose calls it shows.
func TestHooksHelp(t *testing.T) {
	t.Parallel()
	help := strings.Join(strings.Fields(newHooks(environment{lab: "lab"}).Long), " ")
	for _, part := range kernel.Hooks() {
		if !strings.Contains(help, `"`+part.Name+`"`) {
			t.Errorf("%s is not named in %s", part.Name, help)
		}
	}
}
