package peer

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTestimony(t *testing.T) {
	t.Parallel()
	var to bytes.Buffer
	ctx := Testifying(t.Context(), &to)
	want := [][]byte{[]byte("one"), {}, []byte("three")}
	for _, data := range want {
		received(ctx, data)
	}
	if diff := cmp.Diff(want, ReadTestimony(to.Bytes())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:2], ReadTestimony(to.Bytes()[:to.Len()-1])); diff != "" {
		t.Errorf("cut short (-want +got):\n%s", diff)
	}
	received(ctx, make([]byte, mostTestimony))
	if got := ReadTestimony(to.Bytes()); len(got) != len(want) {
		t.Errorf("too much was written down: %d pieces", len(got))
	}
	received(t.Context(), nil) // nobody asks
}
