// Packets on their way out of, or in from, a network device.
#pragma once
#include "sockets.h"

// Network namespaces whose every packet is wanted, with the role of those who
// live there. This is how workloads are told apart: each side has its own.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} namespaces SEC(".maps");

// One end's view of a conversation.
struct flow {
	__u8 local[16];
	__u8 peer[16];
	__be16 local_port;
	__be16 peer_port;
	__u16 protocol;
	__u16 pad;
};

// Conversations in which a traced process has sent. Later packets are sent and
// received in softirqs, in anybody's name: these tell whose they are.
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct flow);
	__type(value, __u32);
} flows SEC(".maps");

static __always_inline void read_ports(struct headers *h, void *transport)
{
	if (h->protocol == IPPROTO_TCP) {
		struct tcp_header tcp = {};

		bpf_probe_read_kernel(&tcp, sizeof(tcp), transport);
		h->source_port = tcp.source;
		h->destination_port = tcp.destination;
		h->tcp_flags = tcp.flags;
	} else if (h->protocol == IPPROTO_UDP) {
		struct udp_header udp = {};

		bpf_probe_read_kernel(&udp, sizeof(udp), transport);
		h->source_port = udp.source;
		h->destination_port = udp.destination;
	}
}

static __always_inline void read_ipv4(struct headers *h, void *ip)
{
	struct ipv4_header ipv4 = {};

	bpf_probe_read_kernel(&ipv4, sizeof(ipv4), ip);
	h->protocol = ipv4.protocol;
	__builtin_memcpy(h->source, ipv4.source, 4);
	__builtin_memcpy(h->destination, ipv4.destination, 4);
	h->fragment = (ipv4.fragment & FRAGMENT_OFFSET) != 0;
	if (!h->fragment) // else what follows is payload, not a header
		read_ports(h, ip + (ipv4.version_length & 0xf) * 4);
}

static __always_inline void read_ipv6(struct headers *h, void *ip)
{
	struct ipv6_header ipv6 = {};

	bpf_probe_read_kernel(&ipv6, sizeof(ipv6), ip);
	h->protocol = ipv6.next_header;
	__builtin_memcpy(h->source, ipv6.source, 16);
	__builtin_memcpy(h->destination, ipv6.destination, 16);
	read_ports(h, ip + sizeof(ipv6)); // extension headers are not followed
}

static __always_inline void read_headers(struct headers *h, void *ip)
{
	h->version = ip_version(ip);
	if (h->version == 4)
		read_ipv4(h, ip);
	else
		read_ipv6(h, ip);
}

// Keeps the first bytes of a packet: as much as lies in the buffer itself. The payload
// of TCP is often in pages apart, which are not followed.
static __always_inline void keep(struct packet_event *e, struct sk_buff *skb, unsigned char *ip)
{
	__u32 apart = BPF_CORE_READ(skb, data_len);
	__u32 n = e->length > apart ? e->length - apart : 0;

	if (n >= SNAP_LENGTH)
		n = SNAP_LENGTH - 1;
	barrier_var(n); // or the compiler drops the mask, without which verifiers see no bound
	n &= SNAP_LENGTH - 1;
	if (!bpf_probe_read_kernel(e->data, n, ip))
		e->captured = n;
}

static __always_inline struct flow flow_of(struct headers *h, enum direction direction)
{
	struct flow f = { .protocol = h->protocol };
	int out = direction == PACKET_OUT;

	__builtin_memcpy(f.local, out ? h->source : h->destination, 16);
	__builtin_memcpy(f.peer, out ? h->destination : h->source, 16);
	f.local_port = out ? h->source_port : h->destination_port;
	f.peer_port = out ? h->destination_port : h->source_port;
	return f;
}

// Returns whose packet it is by its conversation, or ROLE_NONE if nobody's of interest.
static __always_inline enum role owner_of(struct headers *h, enum direction direction)
{
	if (everybody)
		return ROLE_ANY;
	struct flow flow = flow_of(h, direction);
	__u32 *known = h->fragment ? 0 : bpf_map_lookup_elem(&flows, &flow);
	__u32 role = role_of(current_thread().pid);
	if (role != ROLE_NONE && direction == PACKET_OUT && current_context() == CONTEXT_PROCESS) {
		if (!h->fragment && (!known || *known != role))
			bpf_map_update_elem(&flows, &flow, &role, BPF_ANY);
		return role;
	}
	return known ? *known : ROLE_NONE;
}

// Returns where a packet begins: its network header.
static __always_inline unsigned char *beginning(struct sk_buff *skb, enum direction direction)
{
	if (direction == PACKET_OUT) // data begins with the Ethernet header
		return (unsigned char *)BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	return BPF_CORE_READ(skb, data);
}

// On a busy machine most packets are of no interest. So nothing of a packet is copied before
// it is known whose it is.
static __always_inline int packet(struct sk_buff *skb, enum direction direction)
{
	if (!gate)
		return 0;
	__be16 type = BPF_CORE_READ(skb, protocol);
	if (type != __builtin_bswap16(ETH_P_IP) && type != __builtin_bswap16(ETH_P_IPV6))
		return 0; // ARP and its like carry nothing of ours

	struct net_device *dev = BPF_CORE_READ(skb, dev);
	__u32 netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	unsigned char *ip = beginning(skb, direction);
	struct headers headers = {};
	read_headers(&headers, ip);
	__u32 *resident = bpf_map_lookup_elem(&namespaces, &netns);
	enum role role = resident ? *resident : owner_of(&headers, direction);
	if (role == ROLE_NONE)
		return 0;

	struct thread who = current_thread();
	enum context context = current_context();
	int called = direction == PACKET_OUT && context == CONTEXT_PROCESS && role_of(who.pid) != ROLE_NONE;
	struct packet_event e = {
		.kind = EVENT_PACKET,
		.direction = direction,
		.time = bpf_ktime_get_ns(),
		.socket = direction == PACKET_OUT ? socket_of(skb) : 0,
		.tid = called ? who.tid : 0,
		.length = BPF_CORE_READ(skb, len) - (ip - BPF_CORE_READ(skb, data)),
		.netns = netns,
		.role = role,
		.context = context,
		.headers = headers,
	};
	bpf_core_read(e.device, sizeof(e.device), &dev->name);
	keep(&e, skb, ip);
	send_event(&e, sizeof(e));
	return 0;
}

SEC("raw_tp/net_dev_queue")
int packet_out(struct raw_tracepoint *ctx)
{
	return packet((void *)ctx->args[0], PACKET_OUT);
}

SEC("raw_tp/netif_receive_skb")
int packet_in(struct raw_tracepoint *ctx)
{
	return packet((void *)ctx->args[0], PACKET_IN);
}
