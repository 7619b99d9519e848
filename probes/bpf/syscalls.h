// The network system calls of the traced processes.
#pragma once
#include "events.h"

#define MAX_SYSCALLS 512

// Whether a system call is wanted, and what of it is behind pointers:
enum wanted {
	NOT_WANTED,
	WANTED,              // nothing
	WANTED_OPTION_SET,   // a socket option, as setsockopt has it
	WANTED_OPTION_ASKED, // likewise, getsockopt
	WANTED_BUFFERS,      // a list of buffers
	WANTED_MESSAGE,      // a message, or a list of them
	WANTED_ADDRESS,      // a socket's address: + i is for argument i
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SYSCALLS);
	__type(key, __u32);
	__type(value, enum wanted);
} wanted_syscalls SEC(".maps");

// Calls that have not returned yet, by thread.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct syscall_event);
} syscalls_under_way SEC(".maps");

static const struct syscall_event no_syscall;

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

// Reads the head of a message. A list of messages begins with that of the first.
static __always_inline void read_message(struct syscall_event *e)
{
	struct user_msghdr head = {};

	if (bpf_probe_read_user(&head, sizeof(head), (void *)e->args[1]))
		return;
	e->told = head.flags;
	if (head.name && head.name_length)
		bpf_probe_read_user(e->address, sizeof(e->address), (void *)head.name);
	if (head.control && head.control_length)
		bpf_probe_read_user(e->control, sizeof(e->control), (void *)head.control);
	read_buffers(e, head.buffers, head.buffer_count);
}

// Reads what the arguments of a call that returns point to.
static __always_inline void read_behind(struct syscall_event *e, enum wanted wanted)
{
	__u32 length = 0;

	switch (wanted) {
	case WANTED_OPTION_ASKED:
		bpf_probe_read_user(&length, sizeof(length), (void *)e->args[4]);
		read_option(e, length);
		break;
	case WANTED_BUFFERS:
		read_buffers(e, e->args[1], e->args[2]);
		break;
	case WANTED_MESSAGE:
		read_message(e);
		break;
	default:
		if (wanted >= WANTED_ADDRESS && wanted < WANTED_ADDRESS + 6) {
			__u64 address = e->args[wanted - WANTED_ADDRESS];

			if (address)
				bpf_probe_read_user(e->address, sizeof(e->address), (void *)address);
		}
	}
}

// args: struct pt_regs *regs, long id
SEC("raw_tp/sys_enter")
int syscall_enter(struct raw_tracepoint *ctx)
{
	if (!gate)
		return 0;
	__u32 number = ctx->args[1];
	enum wanted *wanted = bpf_map_lookup_elem(&wanted_syscalls, &number);
	if (!wanted || *wanted == NOT_WANTED)
		return 0;
	struct thread who = current_thread();
	enum role role = role_of(who.pid);
	if (role == ROLE_NONE)
		return 0;

	// The event is too large for the stack, so it is made where it is kept.
	__u64 thread = bpf_get_current_pid_tgid();
	bpf_map_update_elem(&syscalls_under_way, &thread, &no_syscall, BPF_ANY);
	struct syscall_event *e = bpf_map_lookup_elem(&syscalls_under_way, &thread);
	if (!e) {
		tally_lost();
		return 0;
	}
	struct pt_regs regs = {};
	bpf_probe_read_kernel(&regs, sizeof(regs), (void *)ctx->args[0]);
	e->kind = EVENT_SYSCALL;
	e->number = number;
	e->args[0] = SYSCALL_ARG1(&regs);
	e->args[1] = ARG2(&regs);
	e->args[2] = ARG3(&regs);
	e->args[3] = SYSCALL_ARG4(&regs);
	e->args[4] = ARG5(&regs);
	e->pid = who.pid;
	e->tid = who.tid;
	e->role = role;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	if (*wanted == WANTED_OPTION_SET)
		read_option(e, e->args[4]);
	e->time = bpf_ktime_get_ns();
	return 0;
}

// args: struct pt_regs *regs, long ret
SEC("raw_tp/sys_exit")
int syscall_exit(struct raw_tracepoint *ctx)
{
	if (!gate)
		return 0;
	__u64 thread = bpf_get_current_pid_tgid();
	struct syscall_event *e = bpf_map_lookup_elem(&syscalls_under_way, &thread);
	if (!e)
		return 0;

	enum wanted *wanted = bpf_map_lookup_elem(&wanted_syscalls, &e->number);
	if (wanted)
		read_behind(e, *wanted);
	e->duration = bpf_ktime_get_ns() - e->time;
	e->returned = ctx->args[1];
	send_event(e, sizeof(*e));
	bpf_map_delete_elem(&syscalls_under_way, &thread);
	return 0;
}
