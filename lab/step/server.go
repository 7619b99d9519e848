package step

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-delve/delve/service"
	"github.com/go-delve/delve/service/debugger"
	"github.com/go-delve/delve/service/rpccommon"
	"golang.org/x/sys/unix"
)

// serverName is the zeroth argument by which the lab knows itself for a Delve server.
const serverName = "dialpath-delve"

// Descriptors that a server is born with.
const (
	connectionFD = 3 // a socket, to the lab
	readyFD      = 4 // to be closed when the program is there; before that, why it is not
)

// An order is what a server is to debug: a process, or a command to start.
type order struct {
	Attach  int      `json:"attach,omitempty"`
	Command []string `json:"command,omitempty"`
}

// Main serves, and does not return, if this process is such a server. Programs that call
// [Run] must call it first thing.
func Main() {
	if len(os.Args) != 2 || os.Args[0] != serverName {
		return
	}
	// Ctrl-C is for the terminal to interpret. It is caught, not ignored: to ignore it
	// would be handed down to the program.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	ready := os.NewFile(readyFD, "ready")
	syscall.CloseOnExec(readyFD)
	syscall.CloseOnExec(connectionFD)
	if err := serve(os.Args[1], ready); err != nil {
		io.WriteString(ready, err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

// serve debugs until the lab hangs up.
func serve(orderText string, ready *os.File) error {
	var o order
	if err := json.Unmarshal([]byte(orderText), &o); err != nil {
		return err
	}
	socket := os.NewFile(connectionFD, "connection")
	connection, err := net.FileConn(socket)
	if err != nil {
		return err
	}
	socket.Close()
	hungUp := make(chan struct{})
	server := rpccommon.NewServer(&service.Config{
		Listener:       &one{connection: connection},
		ProcessArgs:    o.Command,
		APIVersion:     2,
		DisconnectChan: hungUp,
		Debugger:       debugger.Config{AttachPid: o.Attach, Backend: "native", CheckGoVersion: true},
	})
	if err := server.Run(); err != nil {
		return err
	}
	ready.Close()
	<-hungUp
	programs := children()
	err = server.Stop()
	for _, pid := range programs {
		unix.Kill(-pid, unix.SIGKILL) // Delve gave it a process group of its own, with its children
	}
	return err
}

// children returns the PIDs of this process's children: the program, if Delve started it.
func children() []int {
	var pids []int
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		text, _ := os.ReadFile(list) // a thread that has ended has none
		for _, field := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// one is a listener with the one connection that there is.
type one struct{ connection net.Conn }

// Accept returns the connection, once. The server asks no more.
func (l *one) Accept() (net.Conn, error) { return l.connection, nil }
func (l *one) Close() error              { return nil }
func (l *one) Addr() net.Addr            { return l.connection.LocalAddr() }

// A server is the child in which Delve's server runs.
type server struct {
	cmd        *exec.Cmd
	connection net.Conn
}

// startServer starts a server, and returns when it has the program.
func startServer(o order) (*server, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("connect to Delve: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "delve"), os.NewFile(uintptr(pair[1]), "lab")
	defer ours.Close()
	defer theirs.Close()
	ready, told, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("connect to Delve: %w", err)
	}
	defer ready.Close()
	s := &server{cmd: &exec.Cmd{
		Path:        "/proc/self/exe",
		Args:        []string{serverName, string(text)},
		Stdout:      os.Stdout,
		Stderr:      os.Stderr,
		ExtraFiles:  []*os.File{connectionFD - 3: theirs, readyFD - 3: told},
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true}, // the terminal's Ctrl-C is not for it
	}}
	if s.connection, err = net.FileConn(ours); err != nil {
		told.Close()
		return nil, fmt.Errorf("connect to Delve: %w", err)
	}
	err = s.cmd.Start()
	told.Close()
	if err != nil {
		s.connection.Close()
		return nil, fmt.Errorf("start Delve: %w", err)
	}
	if why, _ := io.ReadAll(ready); len(why) > 0 {
		s.close()
		return nil, o.explain(string(why))
	}
	return s, nil
}

// explain says why Delve could not take the program, in a line.
func (o order) explain(why string) error {
	what := fmt.Sprintf("debug process %d", o.Attach)
	if o.Attach == 0 {
		what = "debug " + o.Command[0]
	}
	line, _, _ := strings.Cut(strings.TrimSpace(why), "\n")
	if strings.HasSuffix(line, unix.EPERM.Error()) { // all else has been checked
		line = "ptrace is forbidden here: a container needs it allowed (docker run --cap-add=SYS_PTRACE)"
	}
	return errors.New(what + ": " + line)
}

func (s *server) connect() net.Conn { return s.connection }

// hangUp closes the connection, which ends the server and what it debugs.
func (s *server) hangUp() { s.connection.Close() }

// farewell is how long a server may take to end its program.
const farewell = 5 * time.Second

// close ends the server. A program that it started ends with it.
func (s *server) close() {
	s.hangUp()
	timer := time.AfterFunc(farewell, func() { s.cmd.Process.Kill() })
	defer timer.Stop()
	s.cmd.Wait()
}
