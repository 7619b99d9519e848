package view_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/tour"
	"dialpath/lab/view"
)

// TestSummary: one claim's verdict is where it was; of several, each has its line. A stack
// that two claims rest on is shown once.
func TestSummary(t *testing.T) {
	t.Parallel()
	all := recordings(t, "kprobe.multi")
	for _, test := range []struct {
		numbers []int
		lines   []string
	}{
		{[]int{14}, []string{"1 claim: ≠ 1 holds under other names"}},
		{[]int{14, 13}, []string{
			"In short (one claim with all that was measured: lab tour -r 6.12 14):",
			"14 ≠ Receiving in a server  __skb_recv_udp in recvfrom(2), by ReadFrom",
			"13 ≠ Whom to answer         Read: no address; ReadFrom: 10.0.0.1:36895",
			"",
			"2 claims: ≠ 2 hold under other names",
		}},
	} {
		claims, err := tour.Select(test.numbers...)
		if err != nil {
			t.Fatal(err)
		}
		var results []tour.Result
		for _, c := range claims {
			results = append(results, tour.Result{Claim: c, Verdict: tour.Judge(c, all)})
		}
		var shown, short bytes.Buffer
		if err := errors.Join(view.Results(&shown, results, all, view.Style{}), view.Summary(&short, results, "tour -r 6.12", view.Style{})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("\n"+strings.Join(test.lines, "\n")+"\n", short.String()); diff != "" {
			t.Errorf("claims %v (-want +got):\n%s", test.numbers, diff)
		}
		if n := strings.Count(shown.String(), "        udp_recvmsg  "); n != 1 {
			t.Errorf("claims %v: their stack is shown %d times:\n%s", test.numbers, n, shown.String())
		}
		const named = `
   PID     TID     COMM            FUNC
   256     256     echo-udp        __skb_recv_udp
           the stack of claim 14, above; here it shows this:
           ReadFrom: recvfrom(2) told 10.0.0.1:36895, and the answer went there

   ✓ holds here
`
		if n := strings.Count(shown.String(), named); n != len(claims)-1 {
			t.Errorf("claims %v: the stack is named %d times:\n%s", test.numbers, n, shown.String())
		}
	}
}
