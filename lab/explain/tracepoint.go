package explain

// tracepoints are the places by which the lab looks at kernels without kprobes: marked by
// the kernel's authors, with a name of a group before the colon.
var tracepoints = map[string]string{
	"fib:fib_table_lookup":     "a route was looked up in a routing table (FIB)",
	"sock:inet_sock_set_state": "a TCP socket goes from one state to another, as to ESTABLISHED",
	"sock:sock_send_length":    "a socket has sent: how many bytes, or which error",
	"sock:sock_recv_length":    "a socket was read: how many bytes, or which error",
	"net:net_dev_queue":        "a packet is handed to a device, to be sent",
	"net:netif_rx":             "a device without hardware, as lo or veth, has taken a packet in",
	"net:netif_receive_skb":    "a packet that came is handed to its protocol",
	"sock:sk_data_ready":       "something has come for a socket: who waits is told",
	"skb:consume_skb":          "a packet is freed, because it has served its purpose",
	"skb:kfree_skb":            "a packet is dropped",
}
