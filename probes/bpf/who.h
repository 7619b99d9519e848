// On whose behalf is this CPU running, and what is it doing?
#pragma once
#include "kernel.h"

// The roles that a process can have. Nobody else is traced.
enum role {
	ROLE_NONE,
	ROLE_CLIENT,
	ROLE_SERVER,
	ROLE_TRACEE,
	ROLE_ANY,
};

// Two roles at most are counted for at once: the two ends of a workload, or else tracees,
// or else anybody. Each role has its side of the counts; the lab sees to it that no two
// share one. A power of two.
#define SIDES 2

// Contexts. A softirq is work that an interrupt put off, such as taking in a packet
// that has come. It runs on top of whatever thread is there, and in its name; the
// kernel has ten kinds of it, called vectors. What is no softirq is taken for the
// process's own work: a hard interrupt is not told apart from what it interrupts.
//
// Where softirqs pile up the kernel runs them in threads of its own (ksoftirqd).
// Those have no role, and are not seen unless everybody is.
enum context {
	CONTEXT_PROCESS,
	CONTEXT_SOFTIRQ, // and nine more
	CONTEXTS = CONTEXT_SOFTIRQ + 10,
};

// The gate. Nothing is seen before the lab opens it, which it does once all
// probes are attached: so all functions are counted over one window.
volatile __u32 gate;

// Set: everybody is traced, whatever the process.
const volatile __u32 everybody;

// The lab's PID namespace (its inode number), or 0 for the initial one. PIDs come
// from the lab, so they mean what they mean there.
const volatile __u32 pid_namespace;

// Role of each traced process, by its PID in the lab's PID namespace.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u32);
} processes SEC(".maps");

// What each CPU is doing, as softirq_entry and softirq_exit last said.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} softirq SEC(".maps");

// How many hits were counted, and how many hits and events were seen but could not be kept.
struct tally {
	__u64 calls;
	__u64 lost;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tally);
} tallies SEC(".maps");

// A raw tracepoint's arguments, in the order of its definition in the kernel.
struct raw_tracepoint {
	__u64 args[5];
};

static __always_inline struct tally *this_tally(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&tallies, &zero);
}

// A softirq on the same CPU may tally in between: so each adds in one step.
static __always_inline void tally_call(void)
{
	struct tally *t = this_tally();

	if (t)
		__sync_fetch_and_add(&t->calls, 1);
}

static __always_inline void tally_lost(void)
{
	struct tally *t = this_tally();

	if (t)
		__sync_fetch_and_add(&t->lost, 1);
}

// Returns the PID of a process or thread in the lab's PID namespace, or 0 if it
// cannot be seen from there.
static __always_inline __u32 pid_of(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);

	// The kernel allows 32 levels (MAX_PID_NS_LEVEL); a container in a
	// container is the third.
	for (int i = 0; i < 8; i++) {
		struct upid *upid = (void *)__builtin_preserve_access_index(&pid->numbers[0]) +
				    level * bpf_core_type_size(struct upid);

		if (BPF_CORE_READ(upid, ns, ns.inum) == pid_namespace)
			return BPF_CORE_READ(upid, nr);
		if (level-- == 0)
			break;
	}
	return 0;
}

struct thread {
	__u32 pid, tid;
};

// Returns who is on the CPU, by the PIDs of the lab's namespace.
static __always_inline struct thread current_thread(void)
{
	struct thread t = {};

	if (!pid_namespace) {
		__u64 both = bpf_get_current_pid_tgid();

		t.pid = both >> 32;
		t.tid = both;
		return t;
	}
	struct task_struct *task = (void *)bpf_get_current_task();

	t.pid = pid_of(BPF_CORE_READ(task, group_leader));
	t.tid = pid_of(task);
	return t;
}

static __always_inline enum role role_of(__u32 pid)
{
	if (everybody)
		return ROLE_ANY;
	__u32 *role = bpf_map_lookup_elem(&processes, &pid);

	return role ? *role : ROLE_NONE;
}

static __always_inline __u32 current_context(void)
{
	__u32 zero = 0;
	__u32 *mark = bpf_map_lookup_elem(&softirq, &zero);

	return mark ? *mark : CONTEXT_PROCESS;
}

static __always_inline void mark_softirq(__u32 context)
{
	__u32 zero = 0;
	__u32 *mark = bpf_map_lookup_elem(&softirq, &zero);

	if (mark)
		*mark = context;
}

// A softirq runs on top of whatever the CPU was doing, in the name of the thread
// that happened to be there. Softirqs do not nest, so one mark per CPU tells.
SEC("raw_tp/softirq_entry")
int softirq_entry(struct raw_tracepoint *ctx)
{
	__u32 vector = ctx->args[0];

	mark_softirq(CONTEXT_SOFTIRQ + vector);
	return 0;
}

SEC("raw_tp/softirq_exit")
int softirq_exit(struct raw_tracepoint *ctx)
{
	mark_softirq(CONTEXT_PROCESS);
	return 0;
}

// Returns the PID of a task's process in the lab's PID namespace.
static __always_inline __u32 process_of(struct task_struct *task)
{
	if (!pid_namespace)
		return BPF_CORE_READ(task, tgid);
	return pid_of(BPF_CORE_READ(task, group_leader));
}

// A child born of a traced process is traced too. Threads share their process's
// PID and need nothing. A process that ends is not forgotten: the kernel closes its
// sockets for it after it has announced the exit, and that is its work, too. What
// must be forgotten is a PID that is given to somebody else.
SEC("raw_tp/sched_process_fork")
int process_fork(struct raw_tracepoint *ctx)
{
	__u32 parent = process_of((void *)ctx->args[0]);
	__u32 child = process_of((void *)ctx->args[1]);
	if (child == parent)
		return 0;
	__u32 *role = bpf_map_lookup_elem(&processes, &parent);
	if (!role)
		bpf_map_delete_elem(&processes, &child);
	else if (bpf_map_update_elem(&processes, &child, role, BPF_ANY))
		tally_lost();
	return 0;
}
