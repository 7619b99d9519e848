package export

import "dialpath/lab/trace"

// arguments are those of a system call, and what it returned. What the call does not have is
// left out.
func arguments(c trace.Syscall) args {
	a := args{
		"return": c.Return, "errno": c.Errno,
		"family": c.Family.String(), "type": c.Type.String(), "address": address(c.Address),
		"flags": c.Flags.String(), "told": c.Told.String(),
		"operation": string(c.EpollOp), "command": c.Command.String(),
	}
	if c.FD >= 0 {
		a["fd"] = c.FD
	}
	if o := c.Option; o != (trace.Option{}) {
		a["option"] = o.String()
		if o.Value != nil {
			a["value"] = *o.Value
		}
	}
	for name, number := range map[string]int{
		"protocol": c.Protocol, "backlog": c.Backlog, "bytes": c.Size, "buffers": c.Buffers, "messages": c.Messages,
	} {
		if number != 0 {
			a[name] = number
		}
	}
	if c.Timeout == trace.ForEver {
		a["timeout"] = "for ever"
	} else if c.Timeout != 0 {
		a["timeout"] = c.Timeout.String()
	}
	return a
}
