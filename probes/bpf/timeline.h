// What lies between a packet that arrives and the thread that reads it.
#pragma once
#include "events.h"

// When the last softirq on this CPU began for which the gate was open, ns of
// CLOCK_MONOTONIC; 0 if there was none. The lab clears it between two windows.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} softirq_begun SEC(".maps");

// args: unsigned int vector
SEC("raw_tp/softirq_entry")
int softirq_begins(struct raw_tracepoint *ctx)
{
	if (!gate)
		return 0;
	__u32 zero = 0;
	__u64 *begun = bpf_map_lookup_elem(&softirq_begun, &zero);
	if (begun)
		*begun = bpf_ktime_get_ns();
	return 0;
}

// args: unsigned int vector
SEC("raw_tp/softirq_exit")
int softirq_ends(struct raw_tracepoint *ctx)
{
	if (!gate)
		return 0;
	struct thread who = current_thread();
	enum role role = role_of(who.pid);
	if (role == ROLE_NONE)
		return 0;
	__u32 zero = 0;
	__u64 *begun = bpf_map_lookup_elem(&softirq_begun, &zero);
	if (!begun || !*begun)
		return 0;
	struct softirq_event e = {
		.kind = EVENT_SOFTIRQ,
		.context = CONTEXT_SOFTIRQ + (__u32)ctx->args[0],
		.time = *begun,
		.duration = bpf_ktime_get_ns() - *begun,
		.pid = who.pid,
		.tid = who.tid,
		.role = role,
	};
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	send_event(&e, sizeof(e));
	return 0;
}

// Sched_waking runs where the wake-up comes from; sched_wakeup, where the thread will run.
// args: struct task_struct *p
SEC("raw_tp/sched_waking")
int thread_waking(struct raw_tracepoint *ctx)
{
	if (!gate)
		return 0;
	struct task_struct *woken = (void *)ctx->args[0];
	__u32 pid = process_of(woken);
	enum role role = role_of(pid);
	if (role == ROLE_NONE)
		return 0;

	struct thread waker = current_thread();
	struct wakeup_event e = {
		.kind = EVENT_WAKEUP,
		.role = role,
		.time = bpf_ktime_get_ns(),
		.pid = pid,
		.tid = pid_namespace ? pid_of(woken) : BPF_CORE_READ(woken, pid),
		.waker_pid = waker.pid,
		.waker_tid = waker.tid,
		.waker_role = role_of(waker.pid),
		.context = current_context(),
	};
	bpf_core_read(e.comm, sizeof(e.comm), &woken->comm);
	bpf_get_current_comm(e.waker_comm, sizeof(e.waker_comm));
	send_event(&e, sizeof(e));
	return 0;
}
