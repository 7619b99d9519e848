package vm

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Init is what the lab does as process 1 of a guest: it makes the system, runs
// the one command, sends back what it wrote and ends the guest. It does not
// return.
//
// In any other process it returns at once, so main and TestMain call it before
// anything else.
func Init() {
	// Whoever has a PID namespace of its own has a process 1 of its own, too.
	if os.Getpid() != 1 || os.Args[0] != initLink || !InGuest() {
		return
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "init:", err)
	}
	unix.Sync()
	// QEMU runs with -no-reboot: this is the end of it.
	unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART)
	select {}
}

// farewell is how long init waits, once all is sent, for the host to end the
// guest.
const farewell = 30 * time.Second

// serve does all of init's work, until the host hangs up: be it satisfied or
// dead. Once the port is open, an error goes to the host as well.
func serve() error {
	o, err := readOrder()
	if err != nil {
		return err
	}
	port, err := prepare(o)
	if err != nil {
		return err
	}
	w := &frameWriter{w: port}
	host := listen(port)
	go func() {
		if err := obey(o, w, host); err != nil {
			fmt.Fprintln(os.Stderr, "init:", err)
			w.send(kindFail, []byte(err.Error()))
		}
		time.Sleep(farewell)
		host.hangUp()
	}()
	<-host.gone
	return nil
}

func readOrder() (o order, err error) {
	data, err := os.ReadFile(orderPath)
	if err != nil {
		return order{}, err
	}
	return o, json.Unmarshal(data, &o)
}

// prepare makes the system and opens the port to the host.
func prepare(o order) (*os.File, error) {
	if err := mountAll(); err != nil {
		return nil, err
	}
	for _, name := range o.Modules {
		if err := loadModule(filepath.Join(loadDir, name)); err != nil {
			return nil, err
		}
	}
	if err := furnish(); err != nil {
		return nil, err
	}
	return openPort()
}

// obey runs the command and reports.
func obey(o order, w *frameWriter, host *host) error {
	if err := w.send(kindHello, nil); err != nil {
		return err
	}
	if err := refuse(o.Needs, cpuLevel()); err != nil {
		return err
	}
	for _, dir := range o.Dirs {
		os.MkdirAll(dir, 0o755) // a home may be /dev/null, and is no home outside, either
	}
	for _, out := range o.Outputs {
		if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
			return err
		}
	}
	status, err := runCommand(o, w, host)
	if err != nil {
		return err
	}
	for i, out := range o.Outputs {
		if err := sendFile(w, i, out); err != nil {
			return fmt.Errorf("send %s: %w", out, err)
		}
	}
	return w.send(kindExit, binary.BigEndian.AppendUint32(nil, uint32(status)))
}

// fileHeader announces a file: which of the job's outputs it is.
type fileHeader struct {
	Index int         `json:"index"`
	Perm  fs.FileMode `json:"perm"`
}

// sendFile sends one output file. One that the command did not write is left
// out: the host knows what that means.
func sendFile(w *frameWriter, index int, name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	head, err := json.Marshal(fileHeader{index, info.Mode().Perm()})
	if err != nil {
		return err
	}
	if err := w.send(kindFile, head); err != nil {
		return err
	}
	if _, err := io.CopyBuffer(stream{w, kindData}, struct{ io.Reader }{f}, make([]byte, maxPayload)); err != nil {
		return err
	}
	return w.send(kindData, nil)
}
