// Counts of any kernel functions, and the stacks that led to them.
#pragma once
#include "who.h"

// One more than the kernel takes, unless the sysctl kernel.perf_event_max_stack
// was raised; a power of two, so that a mask keeps an index inside.
#define MAX_FRAMES 128

struct function_counts {
	__u64 n[ROLES][CONTEXTS]; // both powers of two: a mask keeps an index inside
};

// One element for each function, sized by the lab before loading.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct function_counts);
} counts SEC(".maps");

struct stack_key {
	__u64 hash; // of the frames
	__u32 function;
	__u32 pid;
	__u32 tid;
	__u16 role;
	__u16 context;
};

struct stack {
	__u64 count;
	__u64 first; // time, ns of CLOCK_MONOTONIC
	__u8 comm[16];
	__s32 bytes; // of frames; a negated errno if none could be taken
	__u32 busy;  // scratch only: somebody is at work in it
	__u64 frames[MAX_FRAMES];
};

// Stacks are counted here, in the kernel, so that a function called a million
// times in ten ways costs ten entries. (bpf_get_stackid would do the same in
// one call, but drops or mixes up stacks whose hashes collide.)
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct stack_key);
	__type(value, struct stack);
} stacks SEC(".maps");

// Room to build a stack in, since the BPF stack has only 512 bytes: one for process
// context and one for softirqs, which may interrupt it on the same CPU. Whoever
// finds his room taken all the same, as two fentry programs can meet on a CPU of a
// preemptible kernel, goes without and counts his stack as lost.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct stack);
} scratch SEC(".maps");

static __always_inline void take_stack(void *ctx, __u32 function, struct thread who, enum role role,
				       __u32 context)
{
	__u32 slot = context != CONTEXT_PROCESS;
	struct stack *s = bpf_map_lookup_elem(&scratch, &slot);

	if (!s)
		return;
	if (__sync_lock_test_and_set(&s->busy, 1)) {
		tally(TALLY_LOST);
		return;
	}
	s->bytes = bpf_get_stack(ctx, s->frames, sizeof(s->frames), 0);

	struct stack_key key = {
		.hash = 0xcbf29ce484222325, // FNV-1a, a word at a time
		.function = function,
		.pid = who.pid,
		.tid = who.tid,
		.role = role,
		.context = context,
	};
	__u32 frames = s->bytes < 0 ? 0 : s->bytes / sizeof(__u64);
	for (__u32 i = 0; i < MAX_FRAMES && i < frames; i++) {
		__u32 at = i;
		barrier_var(at); // or the compiler drops the mask, and older verifiers reject the access
		key.hash = (key.hash ^ s->frames[at & (MAX_FRAMES - 1)]) * 0x100000001b3;
	}

	struct stack *known = bpf_map_lookup_elem(&stacks, &key);
	if (!known) {
		s->count = 0;
		s->first = bpf_ktime_get_ns();
		bpf_get_current_comm(s->comm, sizeof(s->comm));
		bpf_map_update_elem(&stacks, &key, s, BPF_NOEXIST);
		known = bpf_map_lookup_elem(&stacks, &key);
	}
	if (known)
		__sync_fetch_and_add(&known->count, 1);
	else
		tally(TALLY_LOST); // the map is full
	s->busy = 0;
}

// A probe's cookie is the number of its function; with this bit, its stacks are
// wanted too.
#define WANT_STACK (1ULL << 32)

static __noinline int hit(void *ctx, __u64 cookie)
{
	if (!gate)
		return 0;
	struct thread who = current_thread();
	enum role role = role_of(who.pid);
	if (role == ROLE_NONE)
		return 0;

	__u32 function = cookie;
	struct function_counts *c = bpf_map_lookup_elem(&counts, &function);
	__u32 context = current_context();
	if (!c)
		return 0;

	__sync_fetch_and_add(&c->n[(role - 1) & (ROLES - 1)][context & (CONTEXTS - 1)], 1);
	tally(TALLY_CALLS);
	if (cookie & WANT_STACK)
		take_stack(ctx, function, who, role, context);
	return 0;
}

// One program for every function: the cookie that was given when the probe was
// attached says which one was hit. (The instruction pointer would not: it is
// off by a few bytes on kernels with indirect branch tracking.) The loader makes
// it a kprobe, a kprobe.multi or an fentry program.
SEC("kprobe")
int function(void *ctx)
{
	return hit(ctx, bpf_get_attach_cookie(ctx));
}
