// Which socket is it? A socket is known by the number of its inode, the N of socket:[N] in
// /proc/PID/fd: all copies of a descriptor, in whatever process, have the same.
#pragma once
#include "events.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000

// States in which what skb->sk points to is no full socket (include/net/tcp_states.h).
enum { TCP_TIME_WAIT = 6, TCP_NEW_SYN_RECV = 12 };

static __always_inline __u64 number_of(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	if (!inode || (BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	return BPF_CORE_READ(inode, i_ino);
}

// Returns the file of a descriptor of the current thread, or 0.
static __always_inline struct file *file_at(__u32 fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = 0;

	if (!table || fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd);
	return file;
}

// A socket, and whether one descriptor alone refers to it, and no call that is under way.
struct found {
	__u64 number;
	__s32 fd;
	__u16 family;
	__u8 last;
};

// Looks for a socket at a descriptor. A function that is not static is verified by itself,
// once: inside of loops that saves the verifier more work than it is willing to do.
__noinline int find(struct found *found, __u32 fd)
{
	struct file *file = file_at(fd);
	__u64 number = file ? number_of(file) : 0;
	struct socket *socket;

	if (!number || !found)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	if (!socket)
		return 0; // a name in the file system, opened by O_PATH
	found->number = number;
	found->fd = fd;
	found->family = BPF_CORE_READ(socket, sk, __sk_common.skc_family);
	if (bpf_core_field_exists(file->f_ref))
		found->last = BPF_CORE_READ(file, f_ref.refcnt.counter) == 0;
	else
		found->last = BPF_CORE_READ(file, f_count.counter) == 1;
	return 1;
}

// Returns the number of the socket that a packet is of. The kernel's own have no file: those
// by which it says that there is nobody, for example.
static __always_inline __u64 socket_of(struct sk_buff *skb)
{
	struct sock *sk = BPF_CORE_READ(skb, sk);
	unsigned char state = sk ? BPF_CORE_READ(sk, __sk_common.skc_state) : TCP_TIME_WAIT;
	struct file *file;

	if (state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV)
		return 0;
	file = BPF_CORE_READ(sk, sk_socket, file);
	return file ? number_of(file) : 0;
}
