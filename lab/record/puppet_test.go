package record

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"

	"dialpath/lab/stage"
	"dialpath/probes"
)

// puppetEnv makes this binary a program to be traced. Its value says which one.
const puppetEnv = "DIALPATH_PUPPET"

func puppet(args []string) int {
	var err error
	switch args[0] {
	case "wait": // for a byte, then go on as what follows
		if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
			return 0
		}
		return puppet(args[1:])
	case "send":
		err = send(args[1], number(args[2]), number(args[3]))
	case "copies":
		err = copies(number(args[1]))
	case "say":
		err = say(number(args[1]), nil, args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

// send sends datagrams to an address, from a thread of its own, and has children
// that send as many each.
func send(addr string, datagrams, children int) error {
	sent := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock it: the thread ends
		sent <- write(addr, datagrams)
	}()
	if err := <-sent; err != nil {
		return err
	}
	for range children {
		if err := puppetCommand(context.Background(), "send", addr, strconv.Itoa(datagrams), "0").Run(); err != nil {
			return err
		}
	}
	return nil
}

func write(addr string, datagrams int) error {
	conn, err := net.Dial("udp4", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for range datagrams {
		if _, err := conn.Write([]byte("something")); err != nil {
			return err
		}
	}
	return nil
}

// puppetCommand is a puppet, to be started without the lab.
func puppetCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Env = append(os.Environ(), puppetEnv+"="+join(args))
	cmd.Stderr = os.Stderr
	return cmd
}

func join(args []string) (text string) {
	for _, arg := range args {
		text += arg + " "
	}
	return text
}

// asCommand are options that have the lab start a puppet.
func asCommand(args ...string) Options {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return Options{Target: stage.Target{Command: []string{"env", puppetEnv + "=" + join(args), self}, Stderr: os.Stderr}}
}

// waiting is a puppet that runs already and waits for a byte: go has it go on.
func waiting(t *testing.T, args ...string) (pid int, proceed func()) {
	t.Helper()
	cmd := puppetCommand(t.Context(), append([]string{"wait"}, args...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		stdin.Close()
		<-ended
	})
	return cmd.Process.Pid, func() { io.WriteString(stdin, "g") }
}

// sink is an address of this machine that takes datagrams, and throws them away.
func sink(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.LocalAddr().String()
}

// sinkPort is the port of a sink.
func sinkPort(t *testing.T) int {
	t.Helper()
	return int(netip.MustParseAddrPort(sink(t)).Port())
}

// atReady calls f once everything is attached.
func atReady(opts Options, f func()) Options {
	opts.Ready = func(*probes.Session) { f() }
	return opts
}
