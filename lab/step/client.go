package step

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/go-delve/delve/service"
	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/rpc2"
	"golang.org/x/sys/unix"

	"dialpath/lab/trace"
)

// A client is Delve's, with a window in the kernel around everything that lets the
// program run.
//
// Delve's terminal has no place to add to what it prints. But it shows the goroutine in
// its prompt, and asks for the state to do so: after the source listing of a stop, and
// before the prompt. What the kernel did is shown then.
type client struct {
	service.Client
	kernel Watcher
	show   func(w io.Writer, t *trace.Trace, all bool) error
	leave  func() error // what becomes of the program when the debugger leaves
	loaded func()       // to be called when Delve has read its scripts

	abandoned chan struct{} // closed when there is no user any more

	off     bool         // do not show steps by themselves
	open    bool         // a window is
	last    *trace.Trace // what the last step ran
	pending bool         // and it has not been shown
	failed  error        // why the kernel is not watched any more
	done    bool         // a script has run to its end
	refused bool         // a command could not be done
}

func newClient(connection net.Conn, kernel Watcher, show func(io.Writer, *trace.Trace, bool) error) *client {
	return &client{
		Client: rpc2.NewClientFromConn(connection), kernel: kernel, show: show, abandoned: make(chan struct{}),
	}
}

// begin opens a window, unless one is open.
func (c *client) begin() {
	if c.open || c.failed != nil {
		return
	}
	if err := c.kernel.Begin(); err != nil {
		c.failed = err
		return
	}
	c.open = true
}

// end closes the window.
func (c *client) end() {
	if !c.open {
		return
	}
	c.open = false
	t, err := c.kernel.End()
	if err != nil {
		c.failed = err
		return
	}
	c.last, c.pending = t, true
}

// GetState is asked before each prompt.
func (c *client) GetState() (*api.DebuggerState, error) {
	state, err := c.Client.GetState()
	if c.pending {
		c.pending = false
		if !c.off {
			c.print(os.Stdout, false)
		}
	}
	return state, err
}

func (c *client) print(w io.Writer, all bool) {
	if err := c.show(w, c.last, all); err != nil {
		c.failed = err
	}
}

// during runs a step in a window.
func (c *client) during(step func() (*api.DebuggerState, error)) (*api.DebuggerState, error) {
	c.begin()
	defer c.end()
	defer c.rest()
	return step()
}

// rest does not return if there is no user any more: nobody wants to hear that the debugger
// has gone.
func (c *client) rest() {
	select {
	case <-c.abandoned:
		select {}
	default:
	}
}

// Next, Step, StepOut, StepInstruction and Call let the program run a step.
func (c *client) Next() (*api.DebuggerState, error)    { return c.during(c.Client.Next) }
func (c *client) Step() (*api.DebuggerState, error)    { return c.during(c.Client.Step) }
func (c *client) StepOut() (*api.DebuggerState, error) { return c.during(c.Client.StepOut) }

func (c *client) StepInstruction(skipCalls bool) (*api.DebuggerState, error) {
	return c.during(func() (*api.DebuggerState, error) { return c.Client.StepInstruction(skipCalls) })
}

func (c *client) Call(goroutine int64, expr string, unsafe bool) (*api.DebuggerState, error) {
	return c.during(func() (*api.DebuggerState, error) { return c.Client.Call(goroutine, expr, unsafe) })
}

// Continue and DirectionCongruentContinue let the program run to a stop.
func (c *client) Continue() <-chan *api.DebuggerState {
	c.begin()
	return c.until(c.Client.Continue())
}

func (c *client) DirectionCongruentContinue() <-chan *api.DebuggerState {
	c.begin()
	return c.until(c.Client.DirectionCongruentContinue())
}

// until passes states on, and closes the window with the last. After one with an error,
// such as that the program has ended, Delve's terminal does not listen for more.
func (c *client) until(states <-chan *api.DebuggerState) <-chan *api.DebuggerState {
	passed := make(chan *api.DebuggerState)
	go func() {
		defer close(passed)
		for state := range states {
			if state.Err != nil {
				c.rest()
				c.end()
			}
			passed <- state
		}
		c.end()
	}()
	return passed
}

// Restart starts the program anew, which then is another process.
func (c *client) Restart(rebuild bool) ([]api.DiscardedBreakpoint, error) {
	discarded, err := c.Client.Restart(rebuild)
	if err == nil {
		err = c.kernel.Admit(c.ProcessPid())
	}
	return discarded, err
}

// AttachedToExistingProcess denies it: Delve would ask whether to end the program, which
// has been decided.
func (c *client) AttachedToExistingProcess() bool { return false }

// Detach leaves the program, in the way that has been decided.
func (c *client) Detach(bool) error { return c.leave() }

// spare lets the program go on. It may well come to its end before all of its threads are
// let go, which is no failure.
func (c *client) spare() error {
	err := c.Client.Detach(false)
	if err != nil && strings.HasSuffix(err.Error(), unix.ESRCH.Error()) {
		return nil
	}
	return err
}

// kill ends the program.
func (c *client) kill() error { return c.Client.Detach(true) }

// kernelPrefix begins what the command kernel asks for.
const kernelPrefix = "dialpath kernel "

// ListFunctions answers the command kernel, which is written in Starlark (see scripts.go):
// that is how one adds a command to Delve, and what it can call is this API.
func (c *client) CallAPI(method string, args, reply any) error {
	in, isList := args.(*rpc2.ListFunctionsIn)
	out, isReply := reply.(*rpc2.ListFunctionsOut)
	if !isList || !isReply || !strings.HasPrefix(in.Filter, kernelPrefix) {
		return c.Client.CallAPI(method, args, reply)
	}
	lines, err := c.command(strings.TrimPrefix(in.Filter, kernelPrefix))
	out.Funcs = lines
	return err
}

// refuse says why a command cannot be done. As an error, Delve would say so with the
// position in its script.
func (c *client) refuse(format string, args ...any) ([]string, error) {
	c.refused = true
	return []string{fmt.Sprintf(format, args...)}, nil
}

// command does what the command kernel says, and returns what to print.
func (c *client) command(args string) ([]string, error) {
	switch args {
	case "on", "off":
		c.off = args == "off"
		return nil, nil
	case "", "all":
	case "loaded":
		c.loaded()
		return nil, nil
	case "done":
		c.done = true
		return nil, nil
	case "pending": // a script's own prompt
		if !c.pending {
			return nil, nil
		}
		c.pending = false
		if c.off {
			return nil, nil
		}
	default:
		return c.refuse("kernel %s: it is kernel, kernel all, kernel on or kernel off", args)
	}
	if c.last == nil {
		return c.refuse("kernel: no step has been made yet: try next")
	}
	var text bytes.Buffer
	c.print(&text, args == "all")
	return strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n"), c.failed
}
