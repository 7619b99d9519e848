package probes

import (
	"errors"
	"slices"
	"testing"

	"dialpath/lab/kernel"
)

// kernelOf is a kernel that has these functions.
func kernelOf(names ...string) (present []Function) {
	for _, name := range names {
		present = append(present, Function{Name: name, Base: kernel.Base(name), Namesakes: 1})
	}
	return present
}

func names(functions []Function) (names []string) {
	for _, f := range functions {
		names = append(names, f.Name)
	}
	return names
}

// TestChoose: what was chosen for a purpose is taken where it is, and what is lacking is
// said; what a user typed must be there.
func TestChoose(t *testing.T) {
	t.Parallel()
	older := kernelOf("ip4_datagram_connect", "tcp_connect", "udp_err.isra.0", "udp_sendmsg", "__skb_recv_udp")
	newer := kernelOf("ip4_datagram_connect", "tcp_connect", "udp_connect", "udp_sendmsg", "__skb_recv_udp")
	for _, test := range []struct {
		name      string
		opts      Options
		present   []Function
		functions []string
		absent    []string
		err       string
	}{
		{"either name of a part, older", Options{IfPresent: true, Functions: []string{"udp_connect", "ip4_datagram_connect"}}, older,
			[]string{"ip4_datagram_connect"}, nil, ""},
		{"either name of a part, newer", Options{IfPresent: true, Functions: []string{"udp_connect", "ip4_datagram_connect"}}, newer,
			[]string{"ip4_datagram_connect", "udp_connect"}, nil, ""},
		{"names that nothing stands in for", Options{IfPresent: true, Functions: []string{"udp_err", "ip_rcv", "sk_*"}}, older,
			[]string{"udp_err.isra.0"}, []string{"ip_rcv", "sk_*"}, ""},
		{"a part without a player", Options{IfPresent: true, Stacks: []string{"IP send", "UDP send"}}, older,
			[]string{"udp_sendmsg"}, []string{"ip_send_skb"}, ""},
		{"a part by its player", Options{Stacks: []string{"UDP connect"}}, older, []string{"ip4_datagram_connect"}, nil, ""},
		{"a hook without a player", Options{Hooks: true, Functions: []string{"udp_*"}}, kernelOf("udp_sendmsg", "tcp_connect", "udp_connect"),
			[]string{"udp_connect", "udp_sendmsg"}, []string{"__skb_recv_udp"}, ""},
		{"nothing at all", Options{IfPresent: true, Functions: []string{"sk_*", "ip_*"}}, older, nil, nil,
			`no traceable kernel function matches "sk_*": names are like udp_sendmsg, globs like 'udp_*'`},
		{"typed", Options{Functions: []string{"udp_sendmsg", "udp_connect"}}, older, nil, nil,
			`no traceable kernel function matches "udp_connect": names are like udp_sendmsg, globs like 'udp_*'`},
		{"typed, of a part", Options{Stacks: []string{"udp_*", "IP send"}}, older, nil, nil,
			`no traceable kernel function matches "IP send": names are like udp_sendmsg, globs like 'udp_*'`},
		{"typed, a tracepoint", Options{Functions: []string{"udp_*", "net:*"}}, older, nil, nil,
			`no traceable kernel function matches "net:*": that is a tracepoint's name, and those are traced without functions beside them`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := choose(test.opts, test.present)
			if test.err != "" {
				if !errors.Is(err, ErrNoMatch) || err.Error() != test.err {
					t.Errorf("error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := names(s.functions)
			slices.Sort(got)
			if !slices.Equal(got, test.functions) || !slices.Equal(s.absent, test.absent) {
				t.Errorf("functions %q, absent %q; want %q, %q", got, s.absent, test.functions, test.absent)
			}
		})
	}
}

// TestSelectTracepoints: of tracepoints those that are named; with a function among the
// names all of them, if that is good enough.
func TestSelectTracepoints(t *testing.T) {
	t.Parallel()
	const all = len(tracepoints)
	for _, test := range []struct {
		name string
		opts Options
		want int
		err  string
	}{
		{"named", Options{Strict: true, Functions: []string{"net:*", "fib:fib_table_lookup"}}, 4, ""},
		{"hooks", Options{Hooks: true}, all, ""},
		{"stacks of functions", Options{Stacks: []string{"udp_sendmsg"}}, all, ""},
		{"of both", Options{Stacks: []string{"net:netif_rx", "udp_sendmsg"}}, all, ""},
		{"counts of functions", Options{Strict: true, Functions: []string{"net:*", "udp_*"}}, 0, ErrNoFunctions.Error()},
		{"none of that name", Options{Stacks: []string{"net:*", "zzz:*"}}, 0, `no tracepoint matches "zzz:*": there are ` + tracepointNames()},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := selectTracepoints(test.opts)
			switch {
			case test.err != "":
				if err == nil || err.Error() != test.err {
					t.Errorf("error %v, want %s", err, test.err)
				}
			case err != nil || len(s.functions) != test.want:
				t.Errorf("%v; want %d tracepoints", err, test.want)
			}
		})
	}
}
