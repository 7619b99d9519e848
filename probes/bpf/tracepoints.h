// For kernels without kprobes: tracepoints on the network paths. Each shows by
// its stack which functions called it; what calls no tracepoint is not seen.
#pragma once
#include "functions.h"

// A raw tracepoint has no cookie before 6.10, so each gets a small program that
// carries its number. The lab finds them by their section names.
#define TRACEPOINT(name, number)                                                                             \
	SEC("raw_tp/" #name) int tracepoint_##name(void *ctx)                                                \
	{                                                                                                    \
		return hit(ctx, number | WANT_STACK);                                                        \
	}

TRACEPOINT(fib_table_lookup, 0)
TRACEPOINT(inet_sock_set_state, 1)
TRACEPOINT(sock_send_length, 2)
TRACEPOINT(sock_recv_length, 3)
TRACEPOINT(net_dev_queue, 4)
TRACEPOINT(netif_rx, 5)
TRACEPOINT(netif_receive_skb, 6)
TRACEPOINT(sk_data_ready, 7)
TRACEPOINT(consume_skb, 8)
TRACEPOINT(kfree_skb, 9)
