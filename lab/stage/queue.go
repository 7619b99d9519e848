package stage

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// portQueues returns how many bytes wait to be read in each socket of a process's network
// that has the server's port: of UDP, and of listening TCP sockets.
func portQueues(pid int) []int {
	var all []int
	for _, table := range []string{"udp", "udp6", "tcp", "tcp6"} {
		file, err := os.Open(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			continue // it has ended, or there is no IPv6
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if bytes, ok := queued(lines.Text(), strings.HasPrefix(table, "tcp")); ok {
				all = append(all, bytes)
			}
		}
		file.Close()
	}
	return all
}

// queuedAt tells whether anything waits there.
func queuedAt(pid int) bool {
	return slices.ContainsFunc(portQueues(pid), func(bytes int) bool { return bytes > 0 })
}

// listening is the state of a socket that waits for connections, TCP_LISTEN in
// include/net/tcp_states.h.
const listening = "0A"

// queued reads a line of /proc/net/udp or /proc/net/tcp: number, local address and port,
// the other end's, state, and the queues for sending and receiving, all in hex. It is for
// those that are bound to the server's port.
func queued(line string, tcp bool) (bytes int, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 5 {
		return 0, false
	}
	_, local, _ := strings.Cut(fields[1], ":")
	number, err := strconv.ParseUint(local, 16, 16)
	if err != nil || strconv.FormatUint(number, 10) != serverPort || tcp && fields[3] != listening {
		return 0, false
	}
	_, receive, _ := strings.Cut(fields[4], ":")
	n, err := strconv.ParseUint(receive, 16, 32)
	return int(n), err == nil
}
