// Calls of functions of the traced program's own, by uprobes: the kernel puts a breakpoint
// on their first instruction. Each call is one event.
#pragma once
#include "events.h"

// How many functions, or globs of them, can be told apart; a power of two.
#define MAX_GO_FUNCTIONS 8

// How many calls of each are sent. Those after them are only counted: a program that calls
// for ever must not push the rest out of the room for events.
#define MAX_GO_CALLS 4096

struct go_count {
	__u64 calls;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_GO_FUNCTIONS);
	__type(key, __u32);
	__type(value, struct go_count);
} go_counts SEC(".maps");

// A probe's cookie is the number of its function; with this bit, the function's first
// argument is a string.
enum go_cookie { GO_TEXT = 1 << 30 };

// Reads the string that a function of Go's was handed: its address and its length.
static __always_inline void read_text(struct go_event *e)
{
	__u32 length = e->args[1] < GO_TEXT_ROOM ? e->args[1] : GO_TEXT_ROOM;

	if (bpf_probe_read_user(e->text, length, (void *)e->args[0]))
		length = 0;
	e->text_length = length;
}

// Takes the stack. The function has just been entered, and has no frame of its own yet: so
// the frame pointer is its caller's already, and where it returns to lies on top of the
// stack (or, on arm64, in the link register).
static __always_inline void read_go_stack(struct pt_regs *ctx, struct go_event *e)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	e->stack_bytes = bpf_get_stack(ctx, e->frames, sizeof(e->frames), BPF_F_USER_STACK);
	e->caller = 0;
#if defined(__TARGET_ARCH_x86)
	bpf_probe_read_user(&e->caller, sizeof(e->caller), (void *)ctx->sp);
#elif defined(__TARGET_ARCH_arm64)
	e->caller = ctx->regs[30];
#endif
	e->executable = BPF_CORE_READ(mm, exe_file, f_inode, i_ino);
	e->code = BPF_CORE_READ(mm, start_code);
}

static __noinline int called(struct pt_regs *ctx, enum go_cookie cookie)
{
	if (!gate)
		return 0;
	struct thread who = current_thread();
	enum role role = role_of(who.pid);
	__u32 function = cookie & (MAX_GO_FUNCTIONS - 1);
	struct go_count *count = bpf_map_lookup_elem(&go_counts, &function);
	if (role == ROLE_NONE || !count || __sync_fetch_and_add(&count->calls, 1) >= MAX_GO_CALLS)
		return 0;

	struct go_event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		tally_lost();
		return 0;
	}
	e->kind = EVENT_GO;
	e->function = function;
	e->time = bpf_ktime_get_ns();
	e->pid = who.pid;
	e->tid = who.tid;
	e->role = role;
	e->args[0] = GO_ARG1(ctx);
	e->args[1] = GO_ARG2(ctx);
	e->text_length = 0;
	if (cookie & GO_TEXT)
		read_text(e);
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	read_go_stack(ctx, e);
	submit_event(e);
	return 0;
}

SEC("uprobe")
int go_function(struct pt_regs *ctx)
{
	return called(ctx, bpf_get_attach_cookie(ctx));
}
