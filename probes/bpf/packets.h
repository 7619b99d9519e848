// Packets on their way out of, or in from, a network device.
#pragma once
#include "events.h"

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

static __always_inline void read_headers(struct packet_event *e, unsigned char *ip)
{
	__u8 first = 0;

	bpf_probe_read_kernel(&first, 1, ip);
	e->version = first >> 4;
	if (e->version == 4) {
		bpf_probe_read_kernel(&e->protocol, 1, ip + 9);
		bpf_probe_read_kernel(e->source, 4, ip + 12);
		bpf_probe_read_kernel(e->destination, 4, ip + 16);
		__be16 offset = 0;
		bpf_probe_read_kernel(&offset, 2, ip + 6);
		if (offset & __builtin_bswap16(0x1fff)) {
			e->fragment = 1;
			return; // what follows is payload, not a header
		}
		ip += (first & 0xf) * 4;
	} else {
		bpf_probe_read_kernel(&e->protocol, 1, ip + 6);
		bpf_probe_read_kernel(e->source, 16, ip + 8);
		bpf_probe_read_kernel(e->destination, 16, ip + 24);
		ip += 40; // extension headers are not followed
	}
	if (e->protocol == IPPROTO_TCP || e->protocol == IPPROTO_UDP) {
		bpf_probe_read_kernel(&e->source_port, 2, ip);
		bpf_probe_read_kernel(&e->destination_port, 2, ip + 2);
	}
	if (e->protocol == IPPROTO_TCP)
		bpf_probe_read_kernel(&e->tcp_flags, 1, ip + 13);
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

static __always_inline struct flow flow_of(struct packet_event *e)
{
	struct flow f = { .protocol = e->protocol };
	int out = e->direction == PACKET_OUT;

	__builtin_memcpy(f.local, out ? e->source : e->destination, 16);
	__builtin_memcpy(f.peer, out ? e->destination : e->source, 16);
	f.local_port = out ? e->source_port : e->destination_port;
	f.peer_port = out ? e->destination_port : e->source_port;
	return f;
}

// Returns whose packet it is, or ROLE_NONE if nobody's of interest.
static __always_inline enum role owner_of(struct packet_event *e)
{
	__u32 *known = bpf_map_lookup_elem(&namespaces, &e->netns);
	if (known)
		return *known;

	struct flow flow = flow_of(e);
	__u32 role = role_of(current_thread().pid);
	int sent = role != ROLE_NONE && e->context == CONTEXT_PROCESS && e->direction == PACKET_OUT;
	if (sent && !e->fragment)
		bpf_map_update_elem(&flows, &flow, &role, BPF_ANY);
	if (sent)
		return role;
	known = e->fragment ? 0 : bpf_map_lookup_elem(&flows, &flow);
	if (known)
		return *known;
	return everybody ? ROLE_ANY : ROLE_NONE;
}

static __always_inline int packet(struct sk_buff *skb, enum direction direction)
{
	if (!gate)
		return 0;
	__be16 type = BPF_CORE_READ(skb, protocol);
	if (type != __builtin_bswap16(ETH_P_IP) && type != __builtin_bswap16(ETH_P_IPV6))
		return 0; // ARP and its like carry nothing of ours

	struct packet_event e = { .kind = EVENT_PACKET, .direction = direction };
	struct net_device *dev = BPF_CORE_READ(skb, dev);
	unsigned char *ip = BPF_CORE_READ(skb, data);
	e.length = BPF_CORE_READ(skb, len);
	if (direction == PACKET_OUT) { // data begins with the Ethernet header
		unsigned char *network = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
		e.length -= network - ip;
		ip = network;
	}
	e.context = current_context();
	e.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	read_headers(&e, ip);
	keep(&e, skb, ip);
	e.role = owner_of(&e);
	if (e.role == ROLE_NONE)
		return 0;
	e.time = bpf_ktime_get_ns();
	bpf_core_read(e.device, sizeof(e.device), &dev->name);
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
