package exercise

import "testing"

// TestLooksUp: whichever port Go tries the addresses of a name out with.
func TestLooksUp(t *testing.T) {
	t.Parallel()
	for first, met := range map[string]bool{
		"connect(127.0.0.1:9)":    true, // Go 1.22
		"connect([::1]:53)":       true, // Go 1.26
		"connect(127.0.0.1:1337)": false,
		"bind(127.0.0.1:9)":       false,
	} {
		var h handmade
		h.socket(3).call(3, first, 0).call(-1, "close()", 0).socket(3).call(3, "connect(127.0.0.1:1337)", 0)
		if f := looksUp(h.evidence()); f.Met != met {
			t.Errorf("%s: %s", first, f.Saw)
		}
	}
}
