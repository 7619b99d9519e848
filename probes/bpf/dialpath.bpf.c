//go:build ignore

// The kernel side of the lab. Read it in this order:
//
//	who.h          whose work is it, and in which context does it run?
//	functions.h    counts and stacks of any functions
//	hooks.h        the article's functions, with their arguments
//	packets.h      what leaves and what arrives
//	syscalls.h     what the process asked for
//	timeline.h     what it takes to put all that in order
//	golang.h       functions of the program's own
//	tracepoints.h  what can be seen without kprobes
#include "functions.h"
#include "hooks.h"
#include "packets.h"
#include "syscalls.h"
#include "timeline.h"
#include "golang.h"
#include "tracepoints.h"

// Helpers like bpf_probe_read_kernel are for programs under the GPL only.
char dialpath_license[] SEC("license") = "Dual MIT/GPL";
