package tour

import (
	"slices"

	"dialpath/lab/kernel"
)

// The system calls that claims speak of.
const (
	connectCall  = "connect(2)"
	writeCall    = "write(2)"
	readCall     = "read(2)"
	recvfromCall = "recvfrom(2)"
)

// goRenames are the functions of Go on the article's stacks that have another name today.
var goRenames = []kernel.Rename{
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

// Of the functions that Go's receiving goes through since 1.18. The old ones are still
// there, off the path.
const (
	perFamily    = "one function for each family of addresses need not allocate the sender's"
	udpAllocates = "golang.org/issue/43451 net: UDPConn.WriteTo and UDPConn.ReadFromUDP both allocate"
)

// ThenAndNow returns all that the lab knows of names that changed since the article: the
// kernel's, and Go's.
func ThenAndNow() []kernel.Rename { return slices.Concat(kernel.Renames(), goRenames) }

// changes returns the entries whose present-day names are among names, in the
// order of names. Distributions carry changes back to older kernels, so what runs
// counts, not the kernel's version.
func changes(names []string) []kernel.Rename {
	var found []kernel.Rename
	for _, name := range names {
		for _, r := range ThenAndNow() {
			if (r.Now == name || r.Now == kernel.Base(name)) && !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
	}
	return found
}

// plays tells whether a function plays a part, on this kernel or on any: a part of the
// network stack, or a system call, as "connect(2)".
func plays(function, part string) bool {
	call, _ := kernel.SyscallOf(function)
	return call == part || kernel.Plays(function, part)
}
