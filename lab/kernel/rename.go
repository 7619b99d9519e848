package kernel

import (
	"fmt"
	"slices"
	"strings"
)

// A Rename is a function of the article's stacks that has another name today, or that
// has become part of another, or one that has come since. The article ran Go 1.11 and a
// kernel of about 4.15. The lab has the same to say of functions of Go.
type Rename struct {
	Then   string `json:"then,omitempty"` // name in the article; "" if it came later
	Now    string `json:"now"`            // name today
	Into   bool   `json:"part,omitempty"` // Now was there before, and does what Then did, too
	Since  string `json:"since"`          // first Linux or Go of which that is known: "Linux 6.13"
	Why    string `json:"why"`
	Source string `json:"source"` // commit in the kernel's history, with its subject, or where else it can be seen

	// Inlines tells that compilers may put Now into its caller: it then has no symbol.
	Inlines bool `json:"inlines,omitempty"`
}

// renames is all that the lab knows of names of the kernel's functions that changed.
var renames = []Rename{
	{
		Then: "tcp_transmit_skb", Now: "__tcp_transmit_skb", Since: "Linux 4.18",
		Why:    "DCTCP wanted to send an ACK with a number of its choice; the old name is a wrapper, which compilers inline",
		Source: "tcp: helpers to send special DCTCP ack",
	},
	{
		Then: "ip4_datagram_connect", Now: "udp_connect", Since: "Linux 6.13",
		Why:    "connected UDP sockets got a hash table of their own",
		Source: "78c91ae2c6de ipv4/udp: Add 4-tuple hash for connected socket",
	},
	{
		Then: "SYSC_connect", Now: "__sys_connect", Since: "Linux 4.17",
		Why:    "the kernel stopped calling its own system calls",
		Source: "net: socket: add __sys_connect() helper; remove in-kernel call to syscall",
	},
	{
		Then: "sys_connect", Now: "__x64_sys_connect", Since: "Linux 4.17", Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_connect", Now: "__arm64_sys_connect", Since: "Linux 4.19", Why: fromRegisters, Source: arm64Calls,
	},
	{
		Now: "x64_sys_call", Since: "Linux 6.9",
		Why:    "a switch took the place of the table of system calls, whose indirect jumps could be misled",
		Source: "1e3ad78334a6 x86/syscall: Don't force use of indirect calls for system calls",
	},
	{
		Then: "sys_write", Now: "ksys_write", Since: "Linux 4.17",
		Why:    "the kernel stopped calling its own system calls",
		Source: "e7a3e8b2edf5 fs: add ksys_write() helper; remove in-kernel calls to sys_write()",
	},
	{
		Then: "sys_write", Now: "__x64_sys_write", Since: "Linux 4.17", Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_write", Now: "__arm64_sys_write", Since: "Linux 4.19", Why: fromRegisters, Source: arm64Calls,
	},
	{
		Then: "sys_read", Now: "ksys_read", Since: "Linux 4.17",
		Why:    "the kernel stopped calling its own system calls",
		Source: "3ce4a7bf6627 fs: add ksys_read() helper; remove in-kernel calls to sys_read()",
	},
	{
		Then: "sys_read", Now: "__x64_sys_read", Since: "Linux 4.17", Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_read", Now: "__arm64_sys_read", Since: "Linux 4.19", Why: fromRegisters, Source: arm64Calls,
	},
	{
		Then: "__vfs_write", Now: "vfs_write", Into: true, Since: "Linux 5.8",
		Why:    "it was folded into its callers",
		Source: "fs: remove __vfs_write",
	},
	{
		Then: "new_sync_write", Now: "vfs_write", Into: true, Since: "Linux 6.1",
		Why:    "compilers put it into its caller; it may have been so before, but the lab has looked at no older kernel",
		Source: noSymbol,
	},
	{
		Then: "__vfs_read", Now: "vfs_read", Into: true, Since: "Linux 5.8",
		Why:    "it was folded into its callers",
		Source: "fs: remove __vfs_read",
	},
	{
		Then: "new_sync_read", Now: "vfs_read", Into: true, Since: "Linux 6.1",
		Why:    "compilers put it into its caller; it may have been so before, but the lab has looked at no older kernel",
		Source: noSymbol,
	},
	{
		Then: "sock_sendmsg", Now: "__sock_sendmsg", Since: "Linux 6.6", Inlines: true,
		Why:    "the old name is now for callers in the kernel, whose address it must not change; system calls go past it",
		Source: "86a7e0b69bd5 net: prevent rewrite of msg_name in sock_sendmsg()",
	},
	{
		Then: "SYSC_recvfrom", Now: "__sys_recvfrom", Since: "Linux 4.17",
		Why:    "the kernel stopped calling its own system calls",
		Source: "net: socket: add __sys_recvfrom() helper; remove in-kernel call to syscall",
	},
	{
		Then: "sys_recvfrom", Now: "__x64_sys_recvfrom", Since: "Linux 4.17", Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_recvfrom", Now: "__arm64_sys_recvfrom", Since: "Linux 4.19", Why: fromRegisters, Source: arm64Calls,
	},
}

// Of the functions behind all system calls.
const (
	fromRegisters = "system calls take their arguments from the saved registers"
	x64Calls      = "d5a00528b58c syscalls/core, syscalls/x86: Rename struct pt_regs-based sys_*() to __x64_sys_*()"
	arm64Calls    = "4378a7d4be30 arm64: implement syscall wrappers"
	noSymbol      = "/proc/kallsyms of Debian's 6.1, 6.12 and 6.18"
)

// Renames returns all that the lab knows of names of the kernel's functions that changed.
func Renames() []Rename { return slices.Clone(renames) }

// Kernel returns the first kernel of which the change is known; it fails for a function of
// Go.
func (r Rename) Kernel() (Version, bool) {
	series, ok := strings.CutPrefix(r.Since, "Linux ")
	if !ok {
		return Version{}, false
	}
	return ParseVersion(series)
}

func (r Rename) String() string {
	switch {
	case r.Then == "":
		return fmt.Sprintf("%s is new (since %s)", r.Now, r.Since)
	case r.Into:
		return fmt.Sprintf("%s is now part of %s (since %s)", r.Then, r.Now, r.Since)
	}
	return fmt.Sprintf("%s is now %s (since %s)", r.Then, r.Now, r.Since)
}

// Renamed returns the functions that have, or had, another name: both names.
func Renamed() []string {
	var all []string
	for _, r := range renames {
		for _, name := range []string{r.Then, r.Now} {
			if name != "" && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// History returns what became of a function, by its name then or now.
func History(name string) []Rename {
	var all []Rename
	for _, r := range renames {
		if name != "" && (r.Then == name || r.Now == name) {
			all = append(all, r)
		}
	}
	return all
}
