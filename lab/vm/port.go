package vm

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// portName is what the host calls the virtio-serial port of the frames.
const portName = "dialpath"

// portPatience is how long init waits for the host's port. The kernel announces
// it from a work queue, some milliseconds after its driver came up.
const portPatience = time.Minute

// openPort finds the port by its name and opens it once the host is connected.
func openPort() (*os.File, error) {
	deadline := time.Now().Add(portPatience)
	for time.Now().Before(deadline) {
		if name := findPort("/sys/class/virtio-ports"); name != "" {
			f, err := connectPort(filepath.Join("/dev", name))
			if err == nil {
				return f, nil
			}
			if !errors.Is(err, errNotConnected) {
				return nil, fmt.Errorf("open the port to the host: %w", err)
			}
		}
		time.Sleep(time.Millisecond)
	}
	return nil, errors.New("open the port to the host: it did not come up")
}

// findPort looks through the ports for ours.
func findPort(class string) string {
	names, _ := filepath.Glob(filepath.Join(class, "*", "name"))
	for _, file := range names {
		text, err := os.ReadFile(file)
		if err == nil && strings.TrimSpace(string(text)) == portName {
			return filepath.Base(filepath.Dir(file))
		}
	}
	return ""
}

var errNotConnected = errors.New("the host is not connected")

// connectPort opens a port that has a host behind it. Without one a read returns
// at once, as at the end of a file.
func connectPort(name string) (*os.File, error) {
	fd, err := unix.Open(name, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	if _, err := unix.Poll(poll, 0); err != nil || poll[0].Revents&unix.POLLHUP != 0 {
		unix.Close(fd)
		return nil, errNotConnected
	}
	return os.NewFile(uintptr(fd), name), nil
}
