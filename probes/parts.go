package probes

import (
	"slices"

	"dialpath/lab/kernel"
)

// hooks are the parts that the article looks at. An index into this table is the cookie of
// the hook's probes.
var hooks = [...]string{
	bpfHookUDP_SEND:    kernel.UDPSend,
	bpfHookUDP_RECEIVE: kernel.UDPReceive,
	bpfHookUDP_CONNECT: kernel.UDPConnect,
	bpfHookTCP_CONNECT: kernel.TCPConnect,
}

// player returns the function among present that plays the part of that name.
func player(part string, present []Function) (Function, bool) {
	for _, name := range kernel.Players(part) {
		if i := slices.IndexFunc(present, func(f Function) bool { return f.Base == name }); i >= 0 {
			return present[i], true
		}
	}
	return Function{}, false
}

// isPart tells whether a name is that of a part, and not a glob of functions.
func isPart(name string) bool {
	_, ok := kernel.PartNamed(name)
	return ok
}
