package probes

// Learners need no compiler: what this makes is committed. Make generate runs it
// with the one clang that everybody uses, and continuous integration checks that
// the result is what was committed.
//go:generate go tool bpf2go -target amd64,arm64 -cc clang-19 -strip llvm-strip-19 -type role -type context -type event_kind -type hook -type headers -type direction -type cookie -type wanted -type place -type behind -type function_counts -type hook_event -type packet_event -type syscall_event -type exec_event -type entry_event -type softirq_event -type wakeup_event -type messages_event -type go_event -type go_count -type go_cookie bpf bpf/dialpath.bpf.c -- -O2 -mcpu=v3 -Wall -Werror
