package stage

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"dialpath/lab/proc"
)

// glance is between two looks at a process.
const glance = 2 * time.Millisecond

// await waits for something to become true. It is in vain when the process has ended, the
// context is done, or the allowance over, or as good as over.
func await(ctx context.Context, process *held, limit *proc.Allowance, holds func() bool) bool {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for !holds() {
		if limit.Over() || limit.Hopeless() {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-process.done:
			return false
		case <-tick.C:
		}
	}
	return true
}

// settling is how long a server may take to be done with what has come.
const settling = time.Second

// settle returns when a server is done with all that its clients have sent, who have ended:
// it is to be told to end then, and not in the midst of it.
func (n *network) settle(ctx context.Context, server *held) {
	pid := server.cmd.Process.Pid
	await(ctx, server, proc.Allow(settling, settling, pid), func() bool { return n.quiet(pid) })
}

// quiet tells whether a process sleeps, and there is nothing on its way that would wake it.
// Whatever it did between the two looks would show in the second.
func (n *network) quiet(pid int) bool {
	before := proc.Examine(pid)
	if before.Awake || !n.arrived() || queuedAt(pid) {
		return false
	}
	return proc.Examine(pid) == before
}

// traffic is how many IPv4 packets have left the two ends of a network, and come there,
// since it was made.
type traffic struct{ out, in uint64 }

// arrived tells whether all that has left has come. Softirqs see to that, and on a busy
// machine they may be put off. Of a datagram that is cut, more comes than has left.
func (n *network) arrived() bool {
	t := n.traffic()
	return t.in >= t.out
}

func (n *network) traffic() traffic {
	var sum traffic
	for _, space := range []*namespace{n.client, n.server} {
		space.do(func() error {
			text, err := os.ReadFile("/proc/thread-self/net/snmp")
			t := countIP(string(text))
			sum.out += t.out
			sum.in += t.in
			return err
		})
	}
	return sum
}

// countIP reads /proc/net/snmp: for each protocol a line of names, and one of numbers.
func countIP(snmp string) (t traffic) {
	var names []string
	for line := range strings.Lines(snmp) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] != "Ip:":
		case names == nil:
			names = fields
		default:
			for i, name := range names[:min(len(names), len(fields))] {
				n, _ := strconv.ParseUint(fields[i], 10, 64)
				switch name {
				case "OutRequests":
					t.out = n
				case "InReceives":
					t.in = n
				}
			}
		}
	}
	return t
}
