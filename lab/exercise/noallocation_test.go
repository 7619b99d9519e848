package exercise

import "testing"

func TestMethod(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want  string
		names []string // leaf first
	}{
		{"ReadFrom", []string{"runtime.mallocgc", "net.(*UDPConn).readFrom", "net.(*UDPConn).ReadFrom", "main.main"}},
		{"WriteToUDPAddrPort", []string{"net.(*UDPConn).WriteToUDPAddrPort", "main.answer", "net.(*UDPConn).Close"}},
		{"", []string{"runtime.mallocgc", "main.main"}},
		{"", nil},
	} {
		if got := method(test.names); got != test.want {
			t.Errorf("%v: got %q, want %q", test.names, got, test.want)
		}
	}
}
