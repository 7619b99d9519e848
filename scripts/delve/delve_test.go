// Package delve tests the scripts beside it, by what Delve prints: it ends with status 0
// even if one of its commands failed.
package delve

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
	"dialpath/lab/workload"
)

// want are the stacks that each script shows, and other lines of which there must be one.
var want = map[string]struct {
	stacks [][]string
	lines  []string
	sorted bool // the stacks are of two goroutines, either of which may be the first: by names
}{
	"resolve": {sorted: true, stacks: [][]string{
		{"net.(*Resolver).goLookupIPCNAMEOrder", "net.(*Resolver).lookupIP", "net.(*Resolver).lookupIP-fm", "net.init.func1",
			"net.(*Resolver).lookupIPAddr.func1", "internal/singleflight.(*Group).doCall", "internal/singleflight.(*Group).DoChan.gowrap1", "runtime.goexit"},
		{"runtime.selectgo", "net.(*Resolver).lookupIPAddr", "net.(*Resolver).internetAddrList",
			"net.ResolveUDPAddr", "dialpath/lab/workload.resolveUDP"},
	}},
	"resolve-tcp": {stacks: [][]string{
		{"runtime.selectgo", "net.(*Resolver).lookupIPAddr", "net.(*Resolver).internetAddrList",
			"net.ResolveTCPAddr", "dialpath/lab/workload.resolveTCP"},
	}},
	"resolve-literal": {stacks: [][]string{
		{"net/netip.ParseAddr", "net.(*Resolver).lookupIPAddr", "net.(*Resolver).internetAddrList",
			"net.ResolveUDPAddr", "dialpath/lab/workload.resolveLiteral"},
	}},
	"dial-tcp": {stacks: [][]string{
		{"syscall.connect", "syscall.Connect", "net.(*netFD).connect", "net.(*netFD).dial", "net.socket", "net.internetSocket",
			"net.(*sysDialer).doDialTCPProto", "net.(*sysDialer).doDialTCP", "net.(*sysDialer).dialTCP", "net.(*sysDialer).dialSingle",
			"net.(*sysDialer).dialSerial", "net.(*sysDialer).dialParallel", "net.(*Dialer).DialContext", "net.(*Dialer).Dial", "net.Dial",
			"dialpath/lab/workload.dialTCP"},
	}},
	"dial-udp": {stacks: [][]string{
		{"syscall.connect", "syscall.Connect", "net.(*netFD).connect", "net.(*netFD).dial", "net.socket", "net.internetSocket",
			"net.(*sysDialer).dialUDP", "net.(*sysDialer).dialSingle", "net.(*sysDialer).dialSerial", "net.(*sysDialer).dialParallel",
			"net.(*Dialer).DialContext", "net.(*Dialer).Dial", "net.Dial", "dialpath/lab/workload.dialUDP"},
	}},
	"dialudp": {stacks: [][]string{
		{"syscall.connect", "syscall.Connect", "net.(*netFD).connect", "net.(*netFD).dial", "net.socket", "net.internetSocket",
			"net.(*sysDialer).dialUDP", "net.dialUDP", "net.DialUDP", "dialpath/lab/workload.dialUDPConn"},
	}},
	"listenudp": {stacks: [][]string{
		{"syscall.sendto", "syscall.sendtoInet4", "internal/poll.(*FD).WriteToInet4", "net.(*netFD).writeToInet4",
			"net.(*UDPConn).writeTo", "net.(*UDPConn).WriteTo", "dialpath/lab/workload.listenUDP"},
	}},
	"write": {stacks: [][]string{
		{"syscall.write", "syscall.Write", "internal/poll.ignoringEINTRIO", "internal/poll.(*FD).Write", "net.(*netFD).Write",
			"net.(*conn).Write", "fmt.Fprintf", "dialpath/lab/workload.writeUDP"},
	}},
	"read": {stacks: [][]string{
		{"syscall.read", "syscall.Read", "internal/poll.ignoringEINTRIO", "internal/poll.(*FD).Read", "net.(*netFD).Read",
			"net.(*conn).Read", "dialpath/lab/workload.readUDP"},
	}},
	"deadline-udp": {
		stacks: [][]string{{"internal/poll.runtime_pollWait", "internal/poll.(*pollDesc).wait", "internal/poll.(*pollDesc).waitRead",
			"internal/poll.(*FD).Read", "net.(*netFD).Read", "net.(*conn).Read", "dialpath/lab/workload.deadlineUDP"}},
		lines: []string{"	Err: error(*internal/poll.DeadlineExceededError) *{},}"},
	},
	"listen-read": {
		stacks: [][]string{{"syscall.read", "syscall.Read", "internal/poll.ignoringEINTRIO", "internal/poll.(*FD).Read",
			"net.(*netFD).Read", "net.(*conn).Read", "dialpath/lab/workload.listenRead"}},
		lines: []string{`	Op: "write",`, "	Addr: net.Addr nil,"},
	},
	"nobody-udp": {
		stacks: [][]string{{"syscall.read", "syscall.Read", "internal/poll.ignoringEINTRIO", "internal/poll.(*FD).Read",
			"net.(*netFD).Read", "net.(*conn).Read", "dialpath/lab/workload.nobodyUDP"}},
		lines: []string{"golang.org/x/sys/unix.ECONNREFUSED (111)"},
	},
	"stranger-udp": {
		stacks: [][]string{
			{"syscall.sendto", "syscall.sendtoInet4", "internal/poll.(*FD).WriteToInet4", "net.(*netFD).writeToInet4",
				"net.(*UDPConn).writeTo", "net.(*UDPConn).WriteTo", "dialpath/lab/workload.strangerUDP"},
			{"syscall.read", "syscall.Read", "internal/poll.ignoringEINTRIO", "internal/poll.(*FD).Read",
				"net.(*netFD).Read", "net.(*conn).Read", "dialpath/lab/workload.strangerUDP"},
		},
		lines: []string{`"something"`},
	},
	"server-recvfrom": {stacks: [][]string{
		{"syscall.recvfrom", "syscall.recvfromInet4", "internal/poll.(*FD).ReadFromInet4", "net.(*netFD).readFromInet4",
			"net.(*UDPConn).readFrom", "net.(*UDPConn).readFromUDP", "net.(*UDPConn).ReadFrom", "dialpath/echo.Server.answerAll"},
	}},
	"echo-udp": {stacks: [][]string{
		{"syscall.write", "syscall.Write", "internal/poll.ignoringEINTRIO", "internal/poll.(*FD).Write", "net.(*netFD).Write",
			"net.(*conn).Write", "bytes.(*Reader).WriteTo", "dialpath/echo.(*message).WriteTo", "io.copyBuffer", "io.Copy", "dialpath/echo.Client.udp"},
	}},
	"echo-tcp": {stacks: [][]string{
		{"syscall.accept4", "syscall.Accept4", "internal/poll.accept", "internal/poll.(*FD).Accept", "net.(*netFD).accept",
			"net.(*TCPListener).accept", "net.(*TCPListener).Accept", "dialpath/echo.Server.acceptAll"},
	}},
}

// usage is the line of a script that says how to run it.
var usage = regexp.MustCompile(`(?m)^#   (go tool dlv exec bin/lab --init (scripts/delve/\S+) -- run (\S+))$`)

func TestScripts(t *testing.T) {
	root := t.TempDir() // as the scripts have it: bin/lab, scripts/delve
	if err := os.Symlink(ring.Build(t), filepath.Join(root, "bin")); err != nil {
		t.Fatal(err)
	}
	dlv := filepath.Join(t.TempDir(), "dlv")
	if out, err := exec.Command("go", "build", "-o", dlv, "github.com/go-delve/delve/cmd/dlv").CombinedOutput(); err != nil {
		t.Fatalf("go build dlv: %v\n%s", err, out)
	}
	scripts, err := filepath.Glob("*.dlv")
	if err != nil || len(scripts) != len(want) {
		t.Fatalf("%d scripts, and expectations of %d: %v %v", len(scripts), len(want), scripts, err)
	}
	run := make(map[string]bool)
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(script, ".dlv"), func(t *testing.T) {
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			words := usage.FindStringSubmatch(string(text))
			if words == nil || filepath.Base(words[2]) != script {
				t.Fatalf("the script does not say how to run it: %q", words)
			}
			run[words[3]] = true
			check(t, script, debug(t, dlv, root, script, words[3]))
		})
	}
	for _, w := range workload.All() {
		if !run[w.Name] {
			t.Errorf("workload %s has no script", w.Name)
		}
	}
}

// debug returns what Delve prints when it runs a script.
func debug(t *testing.T, dlv, root, script, workload string) string {
	t.Helper()
	here, err := filepath.Abs(script)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), dlv, "exec", "bin/lab", "--allow-non-terminal-interactive", "--init", here, "--", "run", workload)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "TERM=dumb", "XDG_CONFIG_HOME="+root)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// frame is a frame as Delve prints it: number, address and function.
var frame = regexp.MustCompile(`(?m)^[ \t]*(\d+)  0x[0-9a-f]+ in (.+)$`)

func check(t *testing.T, script, output string) {
	t.Helper()
	expected, ok := want[strings.TrimSuffix(script, ".dlv")]
	if !ok {
		t.Fatalf("nothing is expected of %s", script)
	}
	var stacks [][]string
	for _, f := range frame.FindAllStringSubmatch(output, -1) {
		if f[1] == "0" {
			stacks = append(stacks, nil)
		}
		stacks[len(stacks)-1] = append(stacks[len(stacks)-1], f[2])
	}
	if expected.sorted {
		slices.SortFunc(stacks, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	}
	if diff := cmp.Diff(expected.stacks, stacks); diff != "" {
		t.Errorf("its stacks differ (-want +got):\n%s\nof\n%s", diff, output)
	}
	for _, line := range expected.lines {
		if !slices.Contains(strings.Split(output, "\n"), line) {
			t.Errorf("no line %q in\n%s", line, output)
		}
	}
	if strings.Contains(output, "Command failed") {
		t.Errorf("a command failed in\n%s", output)
	}
}
