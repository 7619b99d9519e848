// The network system calls of the traced processes.
#pragma once
#include "behind.h"

#define MAX_SYSCALLS 512

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SYSCALLS);
	__type(key, __u32);
	__type(value, struct wanted);
} wanted_syscalls SEC(".maps");

// Calls that have not returned yet, by thread.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct syscall_event);
} syscalls_under_way SEC(".maps");

static const struct syscall_event no_syscall;

// A program of 64 bits can call as one of 32 bits does (int 0x80), where the numbers mean
// other calls.
static __always_inline int is_foreign(void)
{
#if defined(__TARGET_ARCH_x86)
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, thread_info.status) & 2; // TS_COMPAT
#else
	return 0;
#endif
}

static __always_inline void note(struct syscall_event *e, struct found *found)
{
	e->socket = found->number;
	e->family = found->family;
	e->fd = found->fd;
}

// args: struct pt_regs *regs, long id
SEC("raw_tp/sys_enter")
int syscall_enter(struct raw_tracepoint *ctx)
{
	if (!gate)
		return 0;
	__u32 number = ctx->args[1];
	struct wanted *wanted = bpf_map_lookup_elem(&wanted_syscalls, &number);
	if (!wanted || !wanted->wanted)
		return 0;
	struct thread who = current_thread();
	enum role role = role_of(who.pid);
	if (role == ROLE_NONE || is_foreign())
		return 0;

	struct arguments args = arguments_of((void *)ctx->args[0]);
	struct found found = {};
	find_by(&found, wanted->descriptor, &args);
	if (!found.number && wanted->only_sockets)
		return 0; // as most calls of programs that read and write files

	// The event is too large for the stack, so it is made where it is kept.
	__u64 thread = bpf_get_current_pid_tgid();
	bpf_map_update_elem(&syscalls_under_way, &thread, &no_syscall, BPF_ANY);
	struct syscall_event *e = bpf_map_lookup_elem(&syscalls_under_way, &thread);
	if (!e) {
		tally_lost();
		return 0;
	}
	e->kind = EVENT_SYSCALL;
	e->number = number;
	__builtin_memcpy(e->args, args.at, sizeof(e->args));
	e->pid = who.pid;
	e->tid = who.tid;
	e->role = role;
	note(e, &found);
	e->last = found.last;
	e->from = wanted->descriptor == SPLICED && found.fd == (__s32)e->args[0];
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	read_given(e, wanted);
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

	struct wanted *wanted = bpf_map_lookup_elem(&wanted_syscalls, &e->number);
	if (wanted) {
		struct found found = {};

		e->duration = bpf_ktime_get_ns() - e->time;
		e->returned = ctx->args[1];
		e->over = 1;
		read_filled(e, wanted);
		if (find_made(&found, wanted->descriptor, e))
			note(e, &found);
		send_event(e, sizeof(*e));
	}
	bpf_map_delete_elem(&syscalls_under_way, &thread);
	return 0;
}
