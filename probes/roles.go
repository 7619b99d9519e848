package probes

import "slices"

// A KernelRole is a part in the network stack that some kernel function plays. The
// parts are those of IPv4: an IPv6 socket's own connect and sendmsg are others.
// The tour asks for the role; which function plays it is this kernel's affair.
type KernelRole struct {
	Name       string   // what traces and claims call it
	Candidates []string // functions that may play it; the first that the kernel has does
}

// hooks are the roles that the article looks at. An index into this table is the
// cookie of the hook's probes, so the order is that of enum hook in bpf/hooks.h.
var hooks = [...]KernelRole{
	{
		Name:       "UDP send",
		Candidates: []string{"udp_sendmsg"},
	},
	{
		Name:       "UDP receive",
		Candidates: []string{"__skb_recv_udp"}, // 4.13 and later; inlined before
	},
	{
		Name: "UDP connect",
		// From 6.13 on udp_connect; ip4_datagram_connect is still there, for ping and
		// raw sockets, but UDP never calls it.
		Candidates: []string{"udp_connect", "ip4_datagram_connect"},
	},
	{
		Name:       "TCP connect",
		Candidates: []string{"tcp_connect"},
	},
}

// otherRoles are roles whose stacks claims rest on.
var otherRoles = [...]KernelRole{
	{
		Name: "TCP transmit",
		// From 4.18 on the shorter name is a wrapper, which compilers inline.
		Candidates: []string{"__tcp_transmit_skb", "tcp_transmit_skb"},
	},
	{
		Name:       "IP send",
		Candidates: []string{"ip_send_skb"},
	},
	{
		Name: "Packet drop",
		// From 6.11 on the socket is told, too; the reason is from 5.17 on.
		Candidates: []string{"sk_skb_reason_drop", "kfree_skb_reason", "kfree_skb"},
	},
}

// Roles returns the table of roles, the four hooks first.
func Roles() []KernelRole { return slices.Concat(hooks[:], otherRoles[:]) }

// roleNamed returns the role of that name, or nil.
func roleNamed(name string) *KernelRole {
	all := Roles()
	if i := slices.IndexFunc(all, func(r KernelRole) bool { return r.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// player returns the function among present that plays the role.
func (r KernelRole) player(present []Function) (Function, bool) {
	for _, name := range r.Candidates {
		if i := slices.IndexFunc(present, func(f Function) bool { return f.Base == name }); i >= 0 {
			return present[i], true
		}
	}
	return Function{}, false
}
