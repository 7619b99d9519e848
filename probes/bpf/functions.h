// Counts of any kernel functions, and the stacks that led to them.
#pragma once
#include "events.h"

// One more than the kernel takes, unless the sysctl kernel.perf_event_max_stack
// was raised; a power of two, so that a mask keeps an index inside.
#define MAX_FRAMES 128

struct function_counts {
	__u64 n[SIDES][CONTEXTS];
};

// One element for each function, sized by the lab before loading.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct function_counts);
} counts SEC(".maps");

struct stack_key {
	__u64 hash; // of all frames
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
	__s32 bytes;       // of frames; a negated errno if none could be taken
	__s32 user_bytes;  // of user_frames, likewise; 0 in a softirq
	__u64 leaf_caller; // where the program's leaf function returns to, if it keeps no frame
	__u64 executable;  // inode number of the file that the process runs
	__u64 code;        // where that file's code begins in memory
	__u32 busy;        // scratch only: somebody is at work in it
	__u32 pad;
	__u64 frames[MAX_FRAMES];
	__u64 user_frames[MAX_FRAMES];
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

static __always_inline __u64 mix(__u64 hash, __u64 word)
{
	return (hash ^ word) * 0x100000001b3; // FNV-1a, a word at a time
}

// Returns hash with so many bytes of frames added.
static __always_inline __u64 mix_frames(__u64 hash, __u64 *frames, __s32 bytes)
{
	__u32 n = bytes < 0 ? 0 : bytes / sizeof(__u64);

	for (__u32 i = 0; i < MAX_FRAMES && i < n; i++) {
		__u32 at = i;
		barrier_var(at); // or the compiler drops the mask, and older verifiers reject the access
		hash = mix(hash, frames[at & (MAX_FRAMES - 1)]);
	}
	return hash;
}

// Continues a stack below the system call, with the program that made it. The
// kernel follows frame pointers, as Go and most of today's distributions keep them.
// That passes over one function: the leaf that makes the system call has no frame
// of its own, so the saved frame pointer is its caller's already. Where the leaf
// returns to lies on top of the stack (or, on arm64, in the link register); whether
// it was such a leaf is for the lab to find out.
static __always_inline void take_user_stack(void *ctx, struct stack *s)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct pt_regs *regs = (void *)bpf_task_pt_regs(task);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	s->user_bytes = bpf_get_stack(ctx, s->user_frames, sizeof(s->user_frames), BPF_F_USER_STACK);
	s->leaf_caller = 0;
#if defined(__TARGET_ARCH_x86)
	unsigned long sp = 0;
	bpf_probe_read_kernel(&sp, sizeof(sp), &regs->sp);
	bpf_probe_read_user(&s->leaf_caller, sizeof(s->leaf_caller), (void *)sp);
#elif defined(__TARGET_ARCH_arm64)
	bpf_probe_read_kernel(&s->leaf_caller, sizeof(s->leaf_caller), &regs->regs[30]);
#endif
	s->executable = BPF_CORE_READ(mm, exe_file, f_inode, i_ino);
	s->code = BPF_CORE_READ(mm, start_code);
}

static __always_inline void take_stack(void *ctx, __u32 function, struct thread who, enum role role,
				       __u32 context)
{
	__u32 slot = context != CONTEXT_PROCESS;
	struct stack *s = bpf_map_lookup_elem(&scratch, &slot);

	if (!s)
		return;
	if (__sync_lock_test_and_set(&s->busy, 1)) {
		tally_lost();
		return;
	}
	s->bytes = bpf_get_stack(ctx, s->frames, sizeof(s->frames), 0);
	if (context == CONTEXT_PROCESS)
		take_user_stack(ctx, s);
	else
		s->user_bytes = 0; // the thread was only lent: what its program does is not how one got here

	struct stack_key key = {
		.hash = 0xcbf29ce484222325,
		.function = function,
		.pid = who.pid,
		.tid = who.tid,
		.role = role,
		.context = context,
	};
	key.hash = mix_frames(key.hash, s->frames, s->bytes);
	key.hash = mix_frames(key.hash, s->user_frames, s->user_bytes);
	if (s->user_bytes > 0)
		key.hash = mix(key.hash, s->leaf_caller);

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
		tally_lost(); // the map is full
	s->busy = 0;
}

// A probe's cookie is the number of its function; with this bit, its stacks are
// wanted too.
enum cookie { WANT_STACK = 1 << 30 };

// Set: each call is an event, too, so that all can be put in order.
const volatile __u32 timeline;

static __always_inline void enter(__u32 function, struct thread who, enum role role, __u32 context)
{
	struct entry_event e = {
		.kind = EVENT_ENTRY,
		.function = function,
		.time = bpf_ktime_get_ns(),
		.pid = who.pid,
		.tid = who.tid,
		.role = role,
		.context = context,
	};

	bpf_get_current_comm(e.comm, sizeof(e.comm));
	send_event(&e, sizeof(e));
}

static __noinline int hit(void *ctx, enum cookie cookie)
{
	if (!gate)
		return 0;
	struct thread who = current_thread();
	enum role role = role_of(who.pid);
	if (role == ROLE_NONE)
		return 0;

	__u32 function = cookie & ~WANT_STACK;
	struct function_counts *c = bpf_map_lookup_elem(&counts, &function);
	__u32 context = current_context();
	if (!c)
		return 0;
	if (context >= CONTEXTS) { // no kernel so far has a softirq more
		tally_lost();
		return 0;
	}

	__sync_fetch_and_add(&c->n[(role - 1) & (SIDES - 1)][context], 1);
	tally_call();
	if (timeline)
		enter(function, who, role, context);
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
