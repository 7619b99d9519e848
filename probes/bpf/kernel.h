// What these programs need to know of the kernel, and no more.
//
// Each struct names only the fields that are used here. The attribute
// preserve_access_index makes the compiler record every access, and the loader
// corrects the offset for the kernel at hand from its BTF (CO-RE, "compile
// once, run everywhere"). So no kernel headers are needed, and one object
// serves every kernel.
#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

// include/uapi/linux/bpf.h
enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,

	BPF_ANY = 0,
	BPF_NOEXIST = 1,

	BPF_F_USER_STACK = 1 << 8,

	BPF_RB_NO_WAKEUP = 1 << 0,
	BPF_RB_FORCE_WAKEUP = 1 << 1,
	BPF_RB_AVAIL_DATA = 0,
	BPF_RB_RING_SIZE = 1,
	BPF_RB_CONS_POS = 2,
};

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

// include/linux/socket.h, include/uapi/linux/in.h, include/uapi/linux/if_ether.h
enum {
	AF_INET = 2,
	AF_INET6 = 10,
	IPPROTO_TCP = 6,
	IPPROTO_UDP = 17,
	ETH_P_IP = 0x0800,
	ETH_P_IPV6 = 0x86dd,
};

// The registers at a probe: fixed by the machine's calling convention, so its
// offsets need no correction.
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
	unsigned long ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};
#define ARG1(regs) ((regs)->di)
#define ARG2(regs) ((regs)->si)
#define ARG3(regs) ((regs)->dx)
#define ARG4(regs) ((regs)->cx)
#define ARG5(regs) ((regs)->r8)
#define RETURNED(regs) ((regs)->ax)
// System calls pass their fourth argument in r10, since the syscall
// instruction overwrites rcx.
#define SYSCALL_ARG1(regs) ((regs)->di)
#define SYSCALL_ARG4(regs) ((regs)->r10)
#define ARG6(regs) ((regs)->r9)
// Go has a convention of its own: integers in ax, bx, cx, …
#define GO_ARG1(regs) ((regs)->ax)
#define GO_ARG2(regs) ((regs)->bx)
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	unsigned long regs[31], sp, pc, pstate, orig_x0;
};
#define ARG1(r) ((r)->regs[0])
#define ARG2(r) ((r)->regs[1])
#define ARG3(r) ((r)->regs[2])
#define ARG4(r) ((r)->regs[3])
#define ARG5(r) ((r)->regs[4])
#define RETURNED(r) ((r)->regs[0])
#define SYSCALL_ARG1(r) ((r)->orig_x0)
#define SYSCALL_ARG4(r) ((r)->regs[3])
#define ARG6(r) ((r)->regs[5])
#define GO_ARG1(r) ((r)->regs[0])
#define GO_ARG2(r) ((r)->regs[1])
#endif

// The headers of packets are laid down in RFC 791, 8200, 768 and 9293, and are the same in
// every kernel. Numbers in them are in network byte order.
struct ipv4_header {
	__u8 version_length; // four bits each; the length in words of 32 bits
	__u8 service;
	__be16 total_length;
	__be16 identification;
	__be16 fragment; // three flags, and the offset of this fragment
	__u8 time_to_live;
	__u8 protocol;
	__be16 checksum;
	__u8 source[4];
	__u8 destination[4];
};

#define FRAGMENT_OFFSET __builtin_bswap16(0x1fff) // of an ipv4_header's fragment

struct ipv6_header {
	__be32 version_class_flow; // 4, 8 and 20 bits
	__be16 payload_length;
	__u8 next_header;
	__u8 hop_limit;
	__u8 source[16];
	__u8 destination[16];
};

struct udp_header {
	__be16 source;
	__be16 destination;
	__be16 length;
	__be16 checksum;
};

struct tcp_header { // as far as it is read here
	__be16 source;
	__be16 destination;
	__be32 sequence;
	__be32 acknowledgment;
	__u8 data_offset;
	__u8 flags;
};

// Returns 4 or 6 for a header of either.
static __always_inline __u8 ip_version(void *header)
{
	__u8 first = 0;

	bpf_probe_read_kernel(&first, 1, header);
	return first >> 4;
}

// Socket addresses are part of the interface to user space: their layout never
// changes, and needs no correction either.
struct sockaddr_in {
	__u16 sin_family;
	__be16 sin_port;
	__be32 sin_addr;
};

struct sockaddr_in6 {
	__u16 sin6_family;
	__be16 sin6_port;
	__be32 sin6_flowinfo;
	__u8 sin6_addr[16];
	__u32 sin6_scope_id;
};

// So are buffers, and messages, as programs of 64 bits have them (include/uapi/linux/uio.h
// and include/linux/socket.h).
struct iovec {
	__u64 base;
	__u64 length;
};

struct user_msghdr {
	__u64 name; // a socket address
	__u32 name_length;
	__u32 pad;
	__u64 buffers; // a list of struct iovec
	__u64 buffer_count;
	__u64 control; // a list of struct cmsghdr
	__u64 control_length;
	__u32 flags;
	__u32 pad2;
};

struct mmsghdr { // one of the list of sendmmsg and recvmmsg
	struct user_msghdr head;
	__u32 length; // of what was sent or received
	__u32 pad;
};

struct pollfd {
	__s32 fd;
	__u16 asked;
	__u16 found;
};

struct timespec {
	__s64 seconds;
	__s64 fraction; // nanoseconds; of select's struct timeval, microseconds
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

// A process has one number in each PID namespace that can see it.
struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct inode {
	__u16 i_mode;
	unsigned long i_ino;
};

struct counter {
	long counter;
};

struct file_ref {
	struct counter refcnt; // how many more than one refer to it
};

struct file {
	struct inode *f_inode;
	void *private_data;
	struct counter f_count; // how many refer to it, up to Linux 6.12
	struct file_ref f_ref;  // since 6.13
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct thread_info {
	__u32 status;
};

struct mm_struct {
	unsigned long start_code;
	struct file *exe_file;
};

struct task_struct {
	int pid;
	int tgid;
	struct thread_info thread_info;
	struct mm_struct *mm;
	struct files_struct *files;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u8 comm[16];
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	__u8 name[16];
	possible_net_t nd_net;
};

struct in6_addr {
	__u8 bytes[16];
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport; // network byte order
	__u16 skc_num;    // local port, host byte order
	__u16 skc_family;
	unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	__u16 sk_protocol;
};

struct msghdr {
	void *msg_name; // struct sockaddr of the receiver, if the caller named one
	unsigned int msg_flags;
};

struct sk_buff {
	unsigned int len;
	unsigned int data_len; // of these, bytes in pages apart
	struct net_device *dev;
	struct sock *sk;
	__be16 protocol;
	__u16 transport_header; // offsets from head
	__u16 network_header;
	unsigned char *head;
	unsigned char *data;
};

#pragma clang attribute pop
