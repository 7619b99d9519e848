package probes

// Options say what a session is to see.
type Options struct {
	// Functions are globs of functions to be counted: "udp_*". A glob matches
	// whole names, as the kernel or as the source has them.
	Functions []string
	// Stacks are globs, or names of roles as in [Roles], of functions to be
	// counted with the stacks that lead to them.
	Stacks []string
	// IfPresent is for names that were chosen for a purpose, and of which not every
	// kernel has all: those that match nothing are no error, but in [Session.Failed],
	// unless another function plays their part here. Something must match.
	IfPresent bool
	// Strict refuses the tracepoint backend, which cannot count functions.
	Strict bool

	Hooks    bool // calls of the article's functions, with arguments
	Packets  bool // packets that leave and arrive
	Syscalls bool // network system calls
	// Timeline keeps the time of each call of each function, of softirqs and of
	// wake-ups, too: with them all can be put in order.
	Timeline bool

	// GoFunctions are functions of the traced program's own, each call of which is an event:
	// see [Session.AttachProgram].
	GoFunctions []GoFunction

	// Executed is told the PID of each traced process that begins to run a program,
	// if stacks or its own functions are wanted, while it happens; a moment later it may have ended. May be nil.
	Executed func(pid int)

	Everybody bool     // see all processes, not only those that are admitted
	Backend   Backend  // how to attach; "" for the best that works
	Progress  Progress // told of long operations; may be nil
}

// wantsFunctions tells whether the options need probes at kernel functions.
func (o Options) wantsFunctions() bool {
	return len(o.Functions)+len(o.Stacks) > 0 || o.Hooks
}

// wantsEvents tells whether single events are to be read while they come.
func (o Options) wantsEvents() bool {
	return o.Hooks || o.Packets || o.Syscalls || o.Timeline || len(o.GoFunctions) > 0 || o.wantsExecs()
}

func (o Options) wantsExecs() bool { return o.Executed != nil && len(o.Stacks)+len(o.GoFunctions) > 0 }
