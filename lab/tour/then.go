package tour

import (
	"fmt"
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// A Rename is a function of the article's stacks that has another name today, or that
// has become part of another, or one that has come since. The article ran Go 1.11 and a
// kernel of about 4.15.
type Rename struct {
	Then   string `json:"then,omitempty"` // name in the article; "" if it came later
	Now    string `json:"now"`            // name today
	Part   bool   `json:"part,omitempty"` // Now was there before, and does what Then did, too
	Since  string `json:"since"`          // first Linux or Go of which that is known
	Why    string `json:"why"`
	Source string `json:"source"` // commit in the kernel's history, with its subject, or where else it can be seen

	// Inlines tells that compilers may put Now into its caller: it then has no symbol.
	Inlines bool `json:"inlines,omitempty"`
	role    string
}

// The roles of the functions behind system calls.
const (
	connectCall  = "connect(2)"
	writeCall    = "write(2)"
	readCall     = "read(2)"
	recvfromCall = "recvfrom(2)"
)

// stillSo are the players of roles whose names have not changed.
var stillSo = map[string]string{
	"udp_sendmsg":    trace.UDPSend,
	"__skb_recv_udp": trace.UDPReceive,
	"ip_send_skb":    trace.IPSend,
	"tcp_connect":    trace.TCPConnect,
}

// thenAndNow is all that the lab knows of names that changed. A role groups
// functions that do the same on one kernel or another.
var thenAndNow = []Rename{
	{
		Then: "tcp_transmit_skb", Now: "__tcp_transmit_skb", Since: "Linux 4.18", role: trace.TCPTransmit,
		Why:    "DCTCP wanted to send an ACK with a number of its choice; the old name is a wrapper, which compilers inline",
		Source: "tcp: helpers to send special DCTCP ack",
	},
	{
		Then: "ip4_datagram_connect", Now: "udp_connect", Since: "Linux 6.13", role: trace.UDPConnect,
		Why:    "connected UDP sockets got a hash table of their own",
		Source: "78c91ae2c6de ipv4/udp: Add 4-tuple hash for connected socket",
	},
	{
		Then: "SYSC_connect", Now: "__sys_connect", Since: "Linux 4.17", role: connectCall,
		Why:    "the kernel stopped calling its own system calls",
		Source: "net: socket: add __sys_connect() helper; remove in-kernel call to syscall",
	},
	{
		Then: "sys_connect", Now: "__x64_sys_connect", Since: "Linux 4.17", role: connectCall, Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_connect", Now: "__arm64_sys_connect", Since: "Linux 4.19", role: connectCall, Why: fromRegisters, Source: arm64Calls,
	},
	{
		Now: "x64_sys_call", Since: "Linux 6.9",
		Why:    "a switch took the place of the table of system calls, whose indirect jumps could be misled",
		Source: "1e3ad78334a6 x86/syscall: Don't force use of indirect calls for system calls",
	},
	{
		Then: "sys_write", Now: "ksys_write", Since: "Linux 4.17", role: writeCall,
		Why:    "the kernel stopped calling its own system calls",
		Source: "e7a3e8b2edf5 fs: add ksys_write() helper; remove in-kernel calls to sys_write()",
	},
	{
		Then: "sys_write", Now: "__x64_sys_write", Since: "Linux 4.17", role: writeCall, Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_write", Now: "__arm64_sys_write", Since: "Linux 4.19", role: writeCall, Why: fromRegisters, Source: arm64Calls,
	},
	{
		Then: "sys_read", Now: "ksys_read", Since: "Linux 4.17", role: readCall,
		Why:    "the kernel stopped calling its own system calls",
		Source: "3ce4a7bf6627 fs: add ksys_read() helper; remove in-kernel calls to sys_read()",
	},
	{
		Then: "sys_read", Now: "__x64_sys_read", Since: "Linux 4.17", role: readCall, Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_read", Now: "__arm64_sys_read", Since: "Linux 4.19", role: readCall, Why: fromRegisters, Source: arm64Calls,
	},
	{
		Then: "__vfs_write", Now: "vfs_write", Part: true, Since: "Linux 5.8",
		Why:    "it was folded into its callers",
		Source: "fs: remove __vfs_write",
	},
	{
		Then: "new_sync_write", Now: "vfs_write", Part: true, Since: "Linux 6.1",
		Why:    "compilers put it into its caller; it may have been so before, but the lab has looked at no older kernel",
		Source: noSymbol,
	},
	{
		Then: "__vfs_read", Now: "vfs_read", Part: true, Since: "Linux 5.8",
		Why:    "it was folded into its callers",
		Source: "fs: remove __vfs_read",
	},
	{
		Then: "new_sync_read", Now: "vfs_read", Part: true, Since: "Linux 6.1",
		Why:    "compilers put it into its caller; it may have been so before, but the lab has looked at no older kernel",
		Source: noSymbol,
	},
	{
		Then: "sock_sendmsg", Now: "__sock_sendmsg", Since: "Linux 6.6", Inlines: true,
		Why:    "the old name is now for callers in the kernel, whose address it must not change; system calls go past it",
		Source: "86a7e0b69bd5 net: prevent rewrite of msg_name in sock_sendmsg()",
	},
	{
		Then: "SYSC_recvfrom", Now: "__sys_recvfrom", Since: "Linux 4.17", role: recvfromCall,
		Why:    "the kernel stopped calling its own system calls",
		Source: "net: socket: add __sys_recvfrom() helper; remove in-kernel call to syscall",
	},
	{
		Then: "sys_recvfrom", Now: "__x64_sys_recvfrom", Since: "Linux 4.17", role: recvfromCall, Why: fromRegisters, Source: x64Calls,
	},
	{
		Then: "sys_recvfrom", Now: "__arm64_sys_recvfrom", Since: "Linux 4.19", role: recvfromCall, Why: fromRegisters, Source: arm64Calls,
	},
	{
		Then: "net.(*Resolver).LookupIPAddr", Now: "net.(*Resolver).lookupIPAddr", Since: "Go 1.12",
		Why:    "the resolver is told the network, and asks for no addresses of the wrong family",
		Source: "golang.org/issue/25947 net: in cgoLookupIPCNAME(), let C.getaddrinfo() get a hint about network family",
	},
	{
		Now: "internal/singleflight.(*Group).DoChan.gowrap1", Since: "Go 1.22",
		Why:    "a go statement with arguments starts a function that the compiler makes, and that makes the call",
		Source: "cmd/compile/internal/ir, closureName",
	},
	{
		Then: "syscall.Recvfrom", Now: "syscall.recvfromInet4", Since: "Go 1.18", Why: perFamily, Source: udpAllocates,
	},
	{
		Then: "internal/poll.(*FD).ReadFrom", Now: "internal/poll.(*FD).ReadFromInet4", Since: "Go 1.18", Why: perFamily, Source: udpAllocates,
	},
	{
		Then: "net.(*netFD).readFrom", Now: "net.(*netFD).readFromInet4", Since: "Go 1.18", Why: perFamily, Source: udpAllocates,
	},
}

// Of the functions behind all system calls.
const (
	fromRegisters = "system calls take their arguments from the saved registers"
	x64Calls      = "d5a00528b58c syscalls/core, syscalls/x86: Rename struct pt_regs-based sys_*() to __x64_sys_*()"
	arm64Calls    = "4378a7d4be30 arm64: implement syscall wrappers"
	noSymbol      = "/proc/kallsyms of Debian's 6.1, 6.12 and 6.18"
)

// Of the functions that Go's receiving goes through since 1.18. The old ones are still
// there, off the path.
const (
	perFamily    = "one function for each family of addresses need not allocate the sender's"
	udpAllocates = "golang.org/issue/43451 net: UDPConn.WriteTo and UDPConn.ReadFromUDP both allocate"
)

func (r Rename) String() string {
	switch {
	case r.Then == "":
		return fmt.Sprintf("%s is new (since %s)", r.Now, r.Since)
	case r.Part:
		return fmt.Sprintf("%s is now part of %s (since %s)", r.Then, r.Now, r.Since)
	}
	return fmt.Sprintf("%s is now %s (since %s)", r.Then, r.Now, r.Since)
}

// ThenAndNow returns all that the lab knows of names that changed.
func ThenAndNow() []Rename { return slices.Clone(thenAndNow) }

// changes returns the entries whose present-day names are among names, in the
// order of names. Distributions carry changes back to older kernels, so what runs
// counts, not the kernel's version.
func changes(names []string) []Rename {
	var found []Rename
	for _, name := range names {
		for _, r := range thenAndNow {
			if (r.Now == name || r.Now == trace.Base(name)) && !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
	}
	return found
}

// Renamed returns the kernel's functions that have, or had, another name: both names.
func Renamed() []string {
	var all []string
	for _, r := range thenAndNow {
		if !strings.HasPrefix(r.Since, "Linux ") {
			continue
		}
		for _, name := range []string{r.Then, r.Now} {
			if name != "" && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// History returns what became of a kernel's function, by its name then or now.
func History(name string) []Rename {
	var all []Rename
	for _, r := range thenAndNow {
		if name != "" && (r.Then == name || r.Now == name) {
			all = append(all, r)
		}
	}
	return all
}

// plays tells whether a function plays a role, on this kernel or on any.
func plays(name, role string) bool {
	return stillSo[trace.Base(name)] == role || slices.ContainsFunc(thenAndNow, func(r Rename) bool {
		return r.role == role && (r.Then == trace.Base(name) || r.Now == trace.Base(name))
	})
}
