// The network system calls of the traced processes.
#pragma once
#include "events.h"

#define MAX_SYSCALLS 512

// Whether a system call is wanted, and which of its arguments points to a socket address:
// WANTED_WITH_ADDRESS + i is for argument i.
enum wanted { NOT_WANTED, WANTED, WANTED_WITH_ADDRESS };

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

	struct pt_regs regs = {};
	bpf_probe_read_kernel(&regs, sizeof(regs), (void *)ctx->args[0]);
	struct syscall_event e = {
		.kind = EVENT_SYSCALL,
		.number = number,
		.args = { SYSCALL_ARG1(&regs), ARG2(&regs), ARG3(&regs), SYSCALL_ARG4(&regs), ARG5(&regs) },
		.pid = who.pid,
		.tid = who.tid,
		.role = role,
	};
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	e.time = bpf_ktime_get_ns();
	__u64 thread = bpf_get_current_pid_tgid();
	if (bpf_map_update_elem(&syscalls_under_way, &thread, &e, BPF_ANY))
		tally_lost();
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
	if (wanted && *wanted >= WANTED_WITH_ADDRESS) {
		__u32 i = *wanted - WANTED_WITH_ADDRESS;
		if (i < 6 && e->args[i])
			bpf_probe_read_user(e->address, sizeof(e->address), (void *)e->args[i]);
	}
	e->duration = bpf_ktime_get_ns() - e->time;
	e->returned = ctx->args[1];
	send_event(e, sizeof(*e));
	bpf_map_delete_elem(&syscalls_under_way, &thread);
	return 0;
}
