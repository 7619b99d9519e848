package vm

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// standInEnv says how a QEMU that the test binary plays behaves: by KVM and by software
// emulation, as "hangs runs".
const standInEnv = "DIALPATH_TEST_QEMU"

// standIns are the ways in which a QEMU may behave.
var standIns = map[string]func(accel string){
	// It cannot do what it is asked for.
	"dies": func(string) {
		fmt.Fprintln(os.Stderr, "qemu: could not make a machine: Device or resource busy")
		os.Exit(1)
	},
	// An assertion of its fails. (Go would catch the signal.)
	"crashes": func(string) {
		script := "echo \"qemu: kvm.c:3183: Assertion 'ret == n' failed.\" >&2; kill -ABRT $$"
		fmt.Fprintln(os.Stderr, syscall.Exec("/bin/sh", []string{"sh", "-c", script}, nil))
	},
	// A wrapper around QEMU, which neither ends.
	"hangs": func(string) {
		child := exec.Command("/bin/sleep", "600")
		child.Stderr = os.Stderr
		fmt.Fprintln(os.Stderr, child.Run())
	},
	// The guest can go no further, and QEMU stays.
	"stops": func(string) { complain() },
	"stops-later": func(string) {
		port := os.NewFile(portFd, "port")
		(&frameWriter{w: port}).send(kindHello, nil)
		readFrame(port) // its input: now it has been heard
		complain()
	},
	"runs": obeyAs,
	"runs-late": func(accel string) {
		time.Sleep(kvmPatience + time.Second)
		obeyAs(accel)
	},
}

// StandIn plays QEMU.
func StandIn() int {
	by := strings.Fields(os.Getenv(standInEnv))
	accel, way := "kvm", by[0]
	if slices.Contains(os.Args, "tcg") {
		accel, way = "tcg", by[1]
	}
	standIns[way](accel)
	return 0
}

// complain does as QEMU does when KVM gives up: it says so on standard error, and to who asks
// over its monitor.
func complain() {
	fmt.Fprintln(os.Stderr, "KVM internal error. Suberror: 1\nemulation failure")
	monitor := os.NewFile(monitorFd, "monitor")
	fmt.Fprintln(monitor, `{"QMP": {"version": {"qemu": {"major": 7}}, "capabilities": []}}`)
	for lines := bufio.NewScanner(monitor); lines.Scan(); {
		switch {
		case strings.Contains(lines.Text(), "qmp_capabilities"):
			fmt.Fprintln(monitor, `{"return": {}}`)
			fmt.Fprintln(monitor, `{"timestamp": {"seconds": 1, "microseconds": 1}, "event": "STOP"}`)
		case strings.Contains(lines.Text(), "query-status"):
			fmt.Fprintln(monitor, `{"return": {"status": "internal-error", "singlestep": false, "running": false}}`)
		}
	}
}

// obeyAs does as a guest does whose command reads all its input and says who ran it.
func obeyAs(accel string) {
	port := os.NewFile(portFd, "port")
	w := &frameWriter{w: port}
	w.send(kindHello, nil)
	input := ""
	for {
		f, err := readFrame(port)
		if err != nil || f.kind == kindStdin && len(f.payload) == 0 {
			break
		}
		input += string(f.payload)
		w.send(kindCredit, nil)
	}
	w.send(kindStdout, fmt.Appendf(nil, "%s read %s", accel, input))
	w.send(kindExit, binary.BigEndian.AppendUint32(nil, 3))
	io.Copy(io.Discard, port)
}
