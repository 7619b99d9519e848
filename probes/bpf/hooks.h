// The functions that the article is about, with their arguments: each call
// is one event, sent when it returns.
#pragma once
#include "events.h"

struct call_key {
	__u64 thread;
	__u64 hook;
};

struct call {
	struct hook_event event;
	__u64 sock;  // struct sock *
	__u64 error; // int *, where UDP_RECEIVE leaves its error
};

// Calls that have not returned yet. What is left here when the window closes was
// still under way.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct call_key);
	__type(value, struct call);
} calls SEC(".maps");

// Which argument of __skb_recv_udp is its error, counted from 1. The lab reads it
// from the kernel's BTF: an argument before it was dropped in 5.19.
const volatile __u32 receive_error_argument = 4;

static __always_inline void read_local(struct hook_event *e, struct sock *sk)
{
	e->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	e->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (e->family == AF_INET6)
		bpf_core_read(e->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	else
		bpf_core_read(e->local, 4, &sk->__sk_common.skc_rcv_saddr);
}

static __always_inline void read_peer(struct hook_event *e, struct sock *sk)
{
	e->peer_port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	if (e->family == AF_INET6)
		bpf_core_read(e->peer, 16, &sk->__sk_common.skc_v6_daddr);
	else
		bpf_core_read(e->peer, 4, &sk->__sk_common.skc_daddr);
}

// Puts an IPv4 peer in its place: as it is, or for a dual-stack socket as
// ::ffff:a.b.c.d.
static __always_inline void put_ipv4_peer(struct hook_event *e, const void *address)
{
	__u32 at = 0;

	if (e->family == AF_INET6) {
		__builtin_memset(e->peer, 0, 10);
		e->peer[10] = e->peer[11] = 0xff;
		at = 12;
	}
	bpf_probe_read_kernel(e->peer + at, 4, address);
}

// Reads an address that was handed to the kernel. By now it is in kernel memory:
// move_addr_to_kernel copied it.
static __always_inline void read_address(struct hook_event *e, void *address)
{
	struct sockaddr_in in = {};

	if (!address || bpf_probe_read_kernel(&in, sizeof(in), address))
		return;
	e->peer_port = in.sin_port; // at the same place in both families
	// An IPv4 socket takes an address without a family, AF_UNSPEC, for one of its own.
	if (in.sin_family == AF_INET || e->family == AF_INET)
		put_ipv4_peer(e, address + __builtin_offsetof(struct sockaddr_in, sin_addr));
	else
		bpf_probe_read_kernel(e->peer, 16,
				      address + __builtin_offsetof(struct sockaddr_in6, sin6_addr));
}

// Reads the sender of a datagram from its own headers.
static __always_inline void read_sender(struct hook_event *e, struct sk_buff *skb)
{
	void *head = BPF_CORE_READ(skb, head);
	void *ip = head + BPF_CORE_READ(skb, network_header);
	struct udp_header *udp = head + BPF_CORE_READ(skb, transport_header);

	if (ip_version(ip) == 6)
		bpf_probe_read_kernel(e->peer, 16, ((struct ipv6_header *)ip)->source);
	else
		put_ipv4_peer(e, ((struct ipv4_header *)ip)->source);
	bpf_probe_read_kernel(&e->peer_port, 2, &udp->source);
}

static __always_inline int hook_begins(__u32 hook, __u64 *arg)
{
	if (!gate)
		return 0;
	struct thread who = current_thread();
	enum role role = role_of(who.pid);
	struct sock *sk = (void *)arg[0];
	if (role == ROLE_NONE)
		return 0;
	// ip4_datagram_connect serves ping and raw sockets as well.
	if (hook != TCP_CONNECT && BPF_CORE_READ(sk, sk_protocol) != IPPROTO_UDP)
		return 0;

	struct call call = { .sock = (__u64)sk };
	struct hook_event *e = &call.event;
	e->kind = EVENT_HOOK;
	e->hook = hook;
	e->time = bpf_ktime_get_ns();
	e->pid = who.pid;
	e->tid = who.tid;
	e->role = role;
	e->context = current_context();
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	read_local(e, sk);
	if (hook != UDP_RECEIVE) // a receiver learns of its peer from the datagram
		read_peer(e, sk);

	switch (hook) {
	case UDP_SEND: { // struct sock *sk, struct msghdr *msg, size_t len
		struct msghdr *msg = (void *)arg[1];
		e->flags = BPF_CORE_READ(msg, msg_flags);
		e->length = arg[2];
		read_address(e, BPF_CORE_READ(msg, msg_name));
		break;
	}
	case UDP_RECEIVE: // struct sock *sk, unsigned int flags, …, int *err
		e->flags = arg[1];
		call.error = receive_error_argument == 5 ? arg[4] : arg[3];
		break;
	case UDP_CONNECT: // struct sock *sk, struct sockaddr *uaddr, int addr_len
		read_address(e, (void *)arg[1]);
		break;
	}

	struct call_key key = { bpf_get_current_pid_tgid(), hook };
	// An entry that is there already is of a call whose return was missed.
	if (bpf_map_update_elem(&calls, &key, &call, BPF_NOEXIST)) {
		tally_lost();
		bpf_map_update_elem(&calls, &key, &call, BPF_ANY);
	}
	return 0;
}

static __always_inline int hook_ends(__u32 hook, __u64 returned)
{
	if (!gate)
		return 0;
	struct call_key key = { bpf_get_current_pid_tgid(), hook };
	struct call *call = bpf_map_lookup_elem(&calls, &key);
	if (!call)
		return 0;

	struct hook_event *e = &call->event;
	e->duration = bpf_ktime_get_ns() - e->time;
	e->over = 1;
	if (hook != UDP_RECEIVE) {
		e->returned = (__s32)returned;
	} else if (returned) { // a struct sk_buff: the datagram, its headers already pulled
		struct sk_buff *skb = (void *)returned;
		e->returned = e->length = BPF_CORE_READ(skb, len);
		read_sender(e, skb);
	} else {
		__s32 error = 0;
		bpf_probe_read_kernel(&error, sizeof(error), (void *)call->error);
		e->returned = error;
	}
	read_local(e, (void *)call->sock); // the call may just have chosen it
	send_event(e, sizeof(*e));
	bpf_map_delete_elem(&calls, &key);
	return 0;
}

SEC("kprobe")
int hook_enter(struct pt_regs *ctx)
{
	__u64 args[] = { ARG1(ctx), ARG2(ctx), ARG3(ctx), ARG4(ctx), ARG5(ctx) };

	return hook_begins(bpf_get_attach_cookie(ctx), args);
}

SEC("kretprobe")
int hook_exit(struct pt_regs *ctx)
{
	return hook_ends(bpf_get_attach_cookie(ctx), RETURNED(ctx));
}

// The same by fentry and fexit, whose context is an array of the arguments.
static __always_inline __u64 argument(void *ctx, __u32 n)
{
	__u64 value = 0;

	bpf_get_func_arg(ctx, n, &value); // fails beyond the last one, which is no harm
	return value;
}

// (udp_sendmsg only stands in for the function that the loader names.)
SEC("fentry/udp_sendmsg")
int hook_fentry(void *ctx)
{
	__u64 args[] = { argument(ctx, 0), argument(ctx, 1), argument(ctx, 2), argument(ctx, 3),
			 argument(ctx, 4) };

	return hook_begins(bpf_get_attach_cookie(ctx), args);
}

SEC("fexit/udp_sendmsg")
int hook_fexit(void *ctx)
{
	__u64 returned = 0;

	bpf_get_func_ret(ctx, &returned);
	return hook_ends(bpf_get_attach_cookie(ctx), returned);
}
