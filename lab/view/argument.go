package view

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// arguments says what follows the descriptor in a system call, as far as it helps to
// understand the call: "AF_INET, SOCK_STREAM", "9 bytes, 10.0.0.2:1337".
func arguments(c trace.Syscall) []string {
	var words []string
	switch {
	case c.Name == "socket":
		return appendIf(appendIf(nil, clean(c.Family.String())), strings.Join(append([]string{clean(c.Type.String())}, descriptorFlags(c)...), "|"))
	case c.Name == "accept4":
		return appendIf(appendIf(nil, endpoint(c)), strings.Join(descriptorFlags(c), "|"))
	case c.Option != trace.Option{}:
		return []string{c.Option.String()}
	case c.Name == "listen":
		return []string{fmt.Sprintf("backlog %d", c.Backlog)}
	case c.Name == "fcntl":
		return appendIf(nil, clean(c.Command.String()))
	case c.Name == "ioctl":
		return []string{kernel.IoctlName(uint32(c.Argument))}
	case c.Name == "pidfd_getfd":
		return []string{fmt.Sprintf("descriptor %d of another", c.Argument)}
	case c.Name == "dup2", c.Name == "dup3":
		return []string{fmt.Sprint(c.Argument)}
	case c.Messages > 0:
		words = append(words, plural(c.Messages, "message"))
	case sized(c):
		words = append(words, fmt.Sprintf("%d bytes", c.Size))
	}
	return appendIf(appendIf(words, c.Flags.String()), endpoint(c))
}

// sized tells whether it is known how many bytes a call offers, or has room for.
func sized(c trace.Syscall) bool {
	moves := kernel.IsSyscall(c.Name, kernel.Sends) || kernel.IsSyscall(c.Name, kernel.Receives)
	return c.Size > 0 || moves && c.Buffers == 0 && !slices.Contains(listed, c.Name)
}

// listed are calls with lists of buffers, of whose sizes older traces tell nothing.
var listed = []string{"readv", "writev", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg"}

func appendIf(words []string, word string) []string {
	if word == "" {
		return words
	}
	return append(words, word)
}

// endpoint is the socket's address as Go writes it: without IPv6's clothes, if it is one of
// IPv4. Of other families there is only the name.
func endpoint(c trace.Syscall) string {
	if c.Address.IsValid() {
		return clean(address(c.Address))
	}
	return clean(c.Family.String())
}

// address is an address and a port; nothing if there is none.
func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()).String()
}

// descriptorFlags are those of the descriptor that a call makes.
func descriptorFlags(c trace.Syscall) (flags []string) {
	if c.CloseOnExec {
		flags = append(flags, "SOCK_CLOEXEC")
	}
	if c.NonBlocking {
		flags = append(flags, "SOCK_NONBLOCK")
	}
	return flags
}
