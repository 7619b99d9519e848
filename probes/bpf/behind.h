// What the arguments of system calls point to. What a program gives is read when the call
// begins, as it may change it later; what the kernel fills in, when it has.
#pragma once
#include "sockets.h"

// Where a system call has its descriptor.
enum place {
	NOWHERE,
	FIRST,    // the first argument
	THIRD,    // the third
	RETURNED, // it is what the call returns
	ACCEPTED, // likewise; if it fails, it is the first argument
	PAIR,     // two, that the fourth argument points to
	SPLICED,  // the third argument, or the first
	POLLED,   // in a list of struct pollfd
	SELECTED, // in sets of bits
};

// What is behind pointers, but for socket addresses.
enum behind {
	NOTHING,
	OPTION_SET,   // a socket option, as setsockopt has it
	OPTION_ASKED, // likewise, getsockopt
	BUFFERS,      // a list of buffers
	MESSAGE,      // a message
	MESSAGES,     // a list of them
};

#define NO_ARGUMENT 255

struct wanted {
	__u32 wanted;
	enum place descriptor;
	enum behind behind;
	__u8 only_sockets; // is of interest if its descriptor is a socket
	__u8 receives;     // addresses and messages are for the kernel to fill in
	__u8 address;      // number of the argument that points to a socket's address
	__u8 timeout;      // likewise, to a struct timespec
	__u8 micro;        // or timeval, which has microseconds
	__u8 pad[3];
};

static __always_inline __u64 passed(struct syscall_event *e, __u8 i)
{
	return i < 6 ? e->args[i] : 0;
}

// How many descriptors of poll and select are looked at.
#define MAX_POLLED 8

__noinline int find_polled(struct found *found, __u64 list, __u64 count)
{
	for (__u32 i = 0; i < MAX_POLLED && i < count; i++) {
		struct pollfd one = {};

		bpf_probe_read_user(&one, sizeof(one), (void *)(list + i * sizeof(one)));
		if (one.fd >= 0 && find(found, one.fd))
			return 1;
	}
	return 0;
}

__noinline int find_selected(struct found *found, __u64 reads, __u64 writes, __u64 others)
{
	__u64 all = 0, some = 0;

	if (reads && !bpf_probe_read_user(&some, sizeof(some), (void *)reads))
		all |= some;
	if (writes && !bpf_probe_read_user(&some, sizeof(some), (void *)writes))
		all |= some;
	if (others && !bpf_probe_read_user(&some, sizeof(some), (void *)others))
		all |= some;
	for (int i = 0; i < MAX_POLLED && all; i++, all &= all - 1)
		if (find(found, __builtin_ctzll(all))) // the lowest bit that is set
			return 1;
	return 0;
}

struct arguments {
	__u64 at[6];
};

// Reads a call's arguments, and no other registers: arm64 has too many for the stack.
static __always_inline struct arguments arguments_of(struct pt_regs *regs)
{
	struct arguments args = {};

	bpf_probe_read_kernel(&args.at[0], 8, &SYSCALL_ARG1(regs));
	bpf_probe_read_kernel(&args.at[1], 8, &ARG2(regs));
	bpf_probe_read_kernel(&args.at[2], 8, &ARG3(regs));
	bpf_probe_read_kernel(&args.at[3], 8, &SYSCALL_ARG4(regs));
	bpf_probe_read_kernel(&args.at[4], 8, &ARG5(regs));
	bpf_probe_read_kernel(&args.at[5], 8, &ARG6(regs));
	return args;
}

// Looks for the socket that a call is to work on.
static __always_inline void find_by(struct found *found, enum place place, struct arguments *args)
{
	switch (place) {
	case FIRST:
	case ACCEPTED:
		find(found, args->at[0]);
		break;
	case THIRD:
		find(found, args->at[2]);
		break;
	case SPLICED:
		if (!find(found, args->at[2]))
			find(found, args->at[0]);
		break;
	case POLLED:
		find_polled(found, args->at[0], args->at[1]);
		break;
	case SELECTED:
		find_selected(found, args->at[1], args->at[2], args->at[3]);
		break;
	default:
		break;
	}
}

// Looks for the socket that a call has made.
static __always_inline int find_made(struct found *found, enum place place, struct syscall_event *e)
{
	if (e->returned < 0)
		return 0;
	if (place == RETURNED || place == ACCEPTED)
		return find(found, e->returned);
	// Both ends are in one number of 64 bits.
	if (place == PAIR && !bpf_probe_read_user(&e->option, sizeof(e->option), (void *)e->args[3]))
		return find(found, (__u32)e->option);
	return 0;
}

// Reads the value of a socket option, if it is a number: with what is behind it, if that is
// there, as the verifier wants to know how much is read.
static __always_inline void read_option(struct syscall_event *e, __u32 length)
{
	void *value = (void *)e->args[3];

	e->option_length = length;
	if (length <= 8 && bpf_probe_read_user(&e->option, 8, value))
		bpf_probe_read_user(&e->option, 4, value);
}

// Reads how large the buffers of a list are, and where the first is.
static __always_inline void read_buffers(struct syscall_event *e, __u64 list, __u64 count)
{
	e->buffers = count;
	for (__u32 i = 0; i < MAX_BUFFERS && i < count; i++) {
		struct iovec buffer = {};

		bpf_probe_read_user(&buffer, sizeof(buffer), (void *)(list + i * sizeof(buffer)));
		if (i == 0)
			e->buffer = buffer.base;
		e->size += buffer.length;
	}
}

static __always_inline void read_name(struct syscall_event *e, __u64 name)
{
	if (name)
		bpf_probe_read_user(e->address, sizeof(e->address), (void *)name);
}

// Reads the address and the control data of a message. A list of messages begins with the
// head of the first.
static __always_inline void read_head(struct syscall_event *e, struct user_msghdr *head)
{
	if (head->name_length)
		read_name(e, head->name);
	if (head->control && head->control_length)
		bpf_probe_read_user(e->control, sizeof(e->control), (void *)head->control);
}

// What of a list of messages is sent: the names in it, or what became of each, or both.
enum { NAMES = 1, RESULTS = 2 };

// Sends a list of messages, of a thread's call.
__noinline int send_messages(__u64 list, __u64 count, __u32 what, __u32 pid, __u32 tid)
{
	struct messages_event *m = bpf_ringbuf_reserve(&events, sizeof(*m), 0);

	if (!m) {
		tally_lost();
		return 0;
	}
	__builtin_memset(m, 0, sizeof(*m));
	m->kind = EVENT_MESSAGES;
	m->pid = pid;
	m->tid = tid;
	for (__u32 i = 0; i < MAX_MESSAGES && i < count; i++) {
		struct mmsghdr one = {};

		if (bpf_probe_read_user(&one, sizeof(one), (void *)(list + i * sizeof(one))))
			break;
		m->count = i + 1;
		if (what & RESULTS) {
			m->each[i].length = one.length;
			m->each[i].told = one.head.flags;
		}
		if (what & NAMES && i < MAX_NAMES && one.head.name && one.head.name_length)
			bpf_probe_read_user(m->names[i], sizeof(m->names[i]), (void *)one.head.name);
	}
	bpf_ringbuf_submit(m, BPF_RB_NO_WAKEUP); // the call's own event follows
	return 1;
}

static __always_inline void read_timeout(struct syscall_event *e, __u64 pointer, __u8 micro)
{
	struct timespec t = {};

	e->timeout = -1; // for ever
	if (!pointer || bpf_probe_read_user(&t, sizeof(t), (void *)pointer))
		return;
	e->timeout = t.seconds * 1000000000 + t.fraction * (micro ? 1000 : 1);
}

// Reads what the program gives, when its call begins.
static __always_inline void read_given(struct syscall_event *e, struct wanted *wanted)
{
	struct user_msghdr head = {};

	switch (wanted->behind) {
	case OPTION_SET:
		read_option(e, e->args[4]);
		break;
	case BUFFERS:
		read_buffers(e, e->args[1], e->args[2]);
		break;
	case MESSAGE:
	case MESSAGES:
		if (bpf_probe_read_user(&head, sizeof(head), (void *)e->args[1]))
			break;
		e->named = head.name && head.name_length;
		read_buffers(e, head.buffers, head.buffer_count);
		if (!wanted->receives)
			read_head(e, &head);
		break;
	default:
		break;
	}
	if (wanted->behind == MESSAGES && !wanted->receives)
		send_messages(e->args[1], e->args[2], NAMES, e->pid, e->tid);
	if (wanted->timeout != NO_ARGUMENT)
		read_timeout(e, passed(e, wanted->timeout), wanted->micro);
	if (wanted->address == NO_ARGUMENT)
		return;
	__u64 address = passed(e, wanted->address);

	e->named = address != 0;
	if (!wanted->receives)
		read_name(e, address);
}

// Reads what the kernel has filled in, when the call returns.
static __always_inline void read_filled(struct syscall_event *e, struct wanted *wanted)
{
	struct user_msghdr head = {};
	__u32 length = 0;

	if (wanted->behind == OPTION_ASKED) {
		bpf_probe_read_user(&length, sizeof(length), (void *)e->args[4]);
		read_option(e, length);
	}
	if (wanted->receives && (wanted->behind == MESSAGE || wanted->behind == MESSAGES) &&
	    !bpf_probe_read_user(&head, sizeof(head), (void *)e->args[1])) {
		e->told = head.flags;
		read_head(e, &head);
	}
	if (wanted->behind == MESSAGES && e->returned > 0)
		send_messages(e->args[1], e->returned, wanted->receives ? NAMES | RESULTS : RESULTS, e->pid,
			      e->tid);
	if (!wanted->receives || wanted->address == NO_ARGUMENT)
		return;
	// The argument after the address points to its length.
	bpf_probe_read_user(&length, sizeof(length), (void *)passed(e, wanted->address + 1));
	if (length)
		read_name(e, passed(e, wanted->address));
}
