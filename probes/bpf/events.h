// Single events, as they reach the lab: the Go side reads these very structs, so
// every gap in them is named.
#pragma once
#include "who.h"

enum event_kind {
	EVENT_HOOK = 1,
	EVENT_PACKET,
	EVENT_SYSCALL,
	EVENT_EXEC,
	EVENT_ENTRY,
	EVENT_SOFTIRQ,
	EVENT_WAKEUP,
	EVENT_MESSAGES,
	EVENT_GO,
};

// The parts that the article's functions play; which function plays which is for the
// lab to say, since kernels differ. The number is the cookie of the probe.
enum hook { UDP_SEND, UDP_RECEIVE, UDP_CONNECT, TCP_CONNECT };

// A call of one of the hooks.
struct hook_event {
	enum event_kind kind;
	enum hook hook;
	__u64 time;     // of the call, ns of CLOCK_MONOTONIC
	__u64 duration; // ns
	__s64 returned; // what the function returned, or for UDP_RECEIVE the error behind its NULL
	__u32 pid, tid;
	__u32 length; // bytes of payload
	__u32 flags;  // MSG_* of the call
	__u16 role;
	__u16 context;
	__u16 family;
	__be16 peer_port;
	__u16 local_port;
	__u16 over; // the call has returned
	__u32 pad;
	__u8 comm[16];
	__u8 local[16]; // an IPv4 address takes the first four bytes
	__u8 peer[16];
};

enum direction { PACKET_OUT, PACKET_IN };

// How much of a packet is kept: the headers, with all their options. A power of two.
#define SNAP_LENGTH 128

// What the headers of a packet say.
struct headers {
	__u8 version; // 4 or 6
	__u8 protocol;
	__u8 tcp_flags; // the 14th byte of the TCP header
	__u8 fragment;  // not the first of its datagram: it has no ports
	__be16 source_port;
	__be16 destination_port;
	__u8 source[16]; // an IPv4 address takes the first four bytes
	__u8 destination[16];
};

// A packet that was handed to a device, or taken from one.
struct packet_event {
	enum event_kind kind;
	enum direction direction;
	__u64 time;   // ns of CLOCK_MONOTONIC
	__u64 socket; // number of the socket that it is of, if it leaves; 0 if none
	__u32 tid;    // thread in whose system call it leaves, or 0
	__u32 length; // bytes, from the network header on
	__u32 netns;  // inode number of the device's network namespace
	__u32 pad;
	__u16 role;
	__u16 context;
	struct headers headers;
	__u8 device[16];
	__u32 captured;         // bytes of data
	__u8 data[SNAP_LENGTH]; // the packet itself, from the network header on
};

// A system call of a traced process.
struct syscall_event {
	enum event_kind kind;
	__u32 number;
	__u64 time;     // of the call, ns of CLOCK_MONOTONIC
	__u64 duration; // ns
	__s64 returned; // a negated errno if it failed
	__u64 args[6];
	__u64 socket;  // number of the socket that it works on, or made; 0 if none
	__u64 timeout; // ns that it is to wait at most, where that is behind a pointer
	__u16 family;  // of the socket
	__u8 last;     // close: nobody else refers to the socket
	__u8 named;    // there is room for the sender's address
	__s32 fd;      // its descriptor, where that is no argument
	__u32 pid, tid;
	enum role role;
	__u32 option_length; // bytes of a socket option's value
	__u64 option;        // the value itself, if they are 8 at most; or more than it
	__u8 comm[16];
	__u8 address[28]; // struct sockaddr_in or sockaddr_in6 that was passed or filled
	__u32 told;       // MSG_* that a received message came with
	// Of readv, writev, and the first message of the calls with messages:
	__u64 buffer;     // where its first buffer is
	__u64 size;       // bytes in its first MAX_BUFFERS together
	__u32 buffers;    // how many it has
	__u16 over;       // the call has returned
	__u16 from;       // splice: out of the socket, not into it
	__u8 control[32]; // struct cmsghdr that was passed or filled, and what follows it
};

#define MAX_BUFFERS 8

#define MAX_MESSAGES 64
#define MAX_NAMES 8

// The list of messages of sendmmsg or recvmmsg. It comes before the call's own event: what
// the program has put there at the call's entry, and what the kernel has at its end.
struct messages_event {
	enum event_kind kind;
	__u32 count;
	__u32 pid, tid;
	struct message {
		__u32 length;
		__u32 told; // MSG_* that came with it
	} each[MAX_MESSAGES];
	__u8 names[MAX_NAMES][28]; // struct sockaddr_in or sockaddr_in6
};

// A traced process that runs another program from now on.
struct exec_event {
	enum event_kind kind;
	__u32 pid;
};

// A function was entered; only for a timeline.
struct entry_event {
	enum event_kind kind;
	__u32 function;
	__u64 time; // ns of CLOCK_MONOTONIC
	__u32 pid, tid;
	__u16 role;
	__u16 context;
	__u32 pad;
	__u8 comm[16];
};

// A softirq ran on a traced thread.
struct softirq_event {
	enum event_kind kind;
	enum context context;
	__u64 time;     // of its beginning, ns of CLOCK_MONOTONIC
	__u64 duration; // ns
	__u32 pid, tid;
	enum role role;
	__u32 pad;
	__u8 comm[16];
};

// A traced thread that waited is made ready to run, by whoever is on the CPU.
struct wakeup_event {
	enum event_kind kind;
	enum role role; // of the thread that is woken
	__u64 time;     // ns of CLOCK_MONOTONIC
	__u32 pid, tid; // of the thread that is woken
	__u32 waker_pid, waker_tid;
	enum role waker_role; // or ROLE_NONE
	enum context context;
	__u8 comm[16];
	__u8 waker_comm[16];
};

#define MAX_GO_FRAMES 48
#define GO_TEXT_ROOM 64

// A function of the traced program's own was called.
struct go_event {
	enum event_kind kind;
	__u32 function;
	__u64 time; // ns of CLOCK_MONOTONIC
	__u32 pid, tid;
	enum role role;
	__s32 stack_bytes; // of frames; a negated errno if none could be taken
	__u64 args[2];     // the first two, as Go's functions have them in registers
	__u64 caller;      // where the function returns to
	__u64 executable;  // inode number of the file that the process runs
	__u64 code;        // where that file's code begins in memory
	__u8 comm[16];
	__u8 text[GO_TEXT_ROOM]; // that the first two point to, if they are a string
	__u32 text_length;
	__u32 pad;
	__u64 frames[MAX_GO_FRAMES];
};

union event {
	enum event_kind kind;
	struct hook_event hook;
	struct packet_event packet;
	struct syscall_event syscall;
	struct exec_event exec;
	struct entry_event entry;
	struct softirq_event softirq;
	struct wakeup_event wakeup;
	struct messages_event messages;
	struct go_event go;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); // bytes; the lab asks for more when it wants events
	__type(value, union event);
} events SEC(".maps");

static __always_inline int put_event(void *event, __u64 size, __u64 wakeup)
{
	int err = bpf_ringbuf_output(&events, event, size, wakeup);

	if (err)
		tally_lost(); // the lab reads too slowly
	return err;
}

// How much must have been read before it is of any use to wake the reader once more.
volatile __u64 wake_after;

// To wake the reader for each event would take time from what is measured, and be among
// it: it is woken when a quarter of the room is taken, and does not sleep again before it
// has read that. What is less it reads when the gate is closed.
static __always_inline int wakes_at(__u64 read, __u64 quarter)
{
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= quarter && read >= wake_after;
}

// Sends one event.
static __always_inline void send_event(void *event, __u64 size)
{
	__u64 quarter = bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / 4;
	__u64 read = bpf_ringbuf_query(&events, BPF_RB_CONS_POS);

	if (!wakes_at(read, quarter))
		put_event(event, size, BPF_RB_NO_WAKEUP);
	else if (!put_event(event, size, BPF_RB_FORCE_WAKEUP))
		wake_after = read + quarter;
}

// Sends one event for which room was reserved.
static __always_inline void submit_event(void *event)
{
	__u64 quarter = bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / 4;
	__u64 read = bpf_ringbuf_query(&events, BPF_RB_CONS_POS);

	if (!wakes_at(read, quarter)) {
		bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
		return;
	}
	bpf_ringbuf_submit(event, BPF_RB_FORCE_WAKEUP);
	wake_after = read + quarter;
}

// A program is looked at while it runs, to name the functions on its stacks: when
// the window closes, it may have ended, and its file be gone. So the lab is woken.
SEC("raw_tp/sched_process_exec")
int process_exec(struct raw_tracepoint *ctx)
{
	struct exec_event e = { .kind = EVENT_EXEC, .pid = process_of((void *)ctx->args[0]) };

	if (role_of(e.pid) != ROLE_NONE)
		put_event(&e, sizeof(e), BPF_RB_FORCE_WAKEUP);
	return 0;
}
