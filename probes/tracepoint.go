package probes

import (
	"strings"

	"dialpath/lab/kernel"
)

// A tracepoint is a place that the kernel's authors marked for tracing.
type tracepoint struct {
	group, name string
	since       kernel.Version // first kernel that has it, if younger than the lab's oldest
}

// String returns the tracepoint's name as trace-cmd and perf have it.
func (t tracepoint) String() string { return t.group + ":" + t.name }

// program returns the name of its program.
func (t tracepoint) program() string { return "tracepoint_" + t.name }

// tracepoints are those on the network paths, for kernels without kprobes. The
// order is that of bpf/tracepoints.h, where each has its number.
var tracepoints = [...]tracepoint{
	{group: "fib", name: "fib_table_lookup"},
	{group: "sock", name: "inet_sock_set_state"},
	{group: "sock", name: "sock_send_length", since: kernel.Version{6, 3}},
	{group: "sock", name: "sock_recv_length", since: kernel.Version{6, 3}},
	{group: "net", name: "net_dev_queue"},
	{group: "net", name: "netif_rx"},
	{group: "net", name: "netif_receive_skb"},
	{group: "sock", name: "sk_data_ready", since: kernel.Version{6, 3}},
	{group: "skb", name: "consume_skb"},
	{group: "skb", name: "kfree_skb"},
}

// IsTracepoint tells whether a pattern is one for tracepoints: no function has a name like
// net:netif_rx.
func IsTracepoint(pattern string) bool { return strings.Contains(pattern, ":") }

func tracepointNames() string {
	var names []string
	for _, t := range tracepoints {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}
