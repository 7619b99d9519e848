package vm

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// etc are the files without which ordinary programs lose their way. A file of
// the host that a job carries under the same name comes first.
var etc = []struct{ name, text string }{
	{"/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"},
	{"/etc/group", "root:x:0:\nnogroup:x:65534:\n"},
	{"/etc/hosts", "127.0.0.1 localhost dialpath\n::1 localhost\n"},
	{"/etc/hostname", hostname + "\n"},
	{"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"},
	{"/etc/resolv.conf", "nameserver 127.0.0.1\n"},
	{"/etc/protocols", "icmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\n"},
	{"/etc/services", "echo 7/tcp\necho 7/udp\ndomain 53/tcp\ndomain 53/udp\nhttp 80/tcp\nhttps 443/tcp\n"},
}

// pack writes the guest's file system: binary as the lab, the kernel's modules,
// and what the job takes along. It returns a file that has no name, so nothing
// remains of it when its last user is gone.
func pack(binary string, k Kernel, j Job, o order) (*os.File, error) {
	fd, err := unix.MemfdCreate("initramfs", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make the initramfs: %w", err)
	}
	f := os.NewFile(uintptr(fd), "initramfs")
	if err := packTo(newArchive(f), binary, k, j, o); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func packTo(a *archive, binary string, k Kernel, j Job, o order) error {
	c := carrier{to: a, env: o.Env}
	if err := packJob(c, j, o); err != nil {
		return err
	}
	o.Needs = needsOf(j, o)
	if err := packLab(a, c, binary); err != nil {
		return err
	}
	modules := k.Modules
	if j.Firewall {
		modules = slices.Concat(modules, k.Firewall)
	}
	for _, module := range modules {
		name := filepath.Base(module)
		o.Modules = append(o.Modules, name)
		if err := copyIn(a, filepath.Join(loadDir, name), module); err != nil {
			return err
		}
	}
	for _, e := range etc {
		if a.has(e.name) {
			continue
		}
		if err := a.text(e.name, e.text); err != nil {
			return err
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := a.text(orderPath, string(text)); err != nil {
		return err
	}
	return a.close()
}

// packJob carries what the job names.
func packJob(c carrier, j Job, o order) error {
	programs := j.Carry
	if j.Program != "" {
		programs = append([]string{o.Path}, programs...)
	}
	for _, name := range programs {
		if err := c.program(name); err != nil {
			return err
		}
	}
	for _, name := range j.Inputs {
		path, err := inside(name)
		if err != nil {
			return err
		}
		if _, err := c.file(path); err != nil {
			return err
		}
	}
	for _, name := range j.With {
		if err := c.with(name); err != nil {
			return err
		}
	}
	if len(programs) > 0 {
		if err := c.locales(); err != nil {
			return err
		}
	}
	dirs := []string{o.Dir}
	for _, out := range o.Outputs {
		dirs = append(dirs, filepath.Dir(out))
	}
	for _, dir := range dirs {
		if err := c.dir(dir); err != nil {
			return err
		}
	}
	return nil
}

// needsOf returns what the programs that a job names want of the processor. An exercise's
// program is among the inputs.
func needsOf(j Job, o order) (needs []need) {
	programs := slices.Concat(j.Carry, j.Inputs, j.With)
	if j.Program != "" {
		programs = append(programs, o.Path)
	}
	for _, name := range programs {
		if level := wantedLevel(name); level > 1 {
			needs = append(needs, need{name, level})
		}
	}
	return needs
}

// packLab makes the lab's binary the guest's first process. One that was built
// with cgo brings its libraries along. The two devices are those that the Go
// runtime and the kernel look for before init has mounted anything.
func packLab(a *archive, c carrier, binary string) error {
	if err := copyIn(a, labPath, binary); err != nil {
		return err
	}
	if err := c.libraries(binary); err != nil {
		return err
	}
	if err := a.link(initLink, labPath); err != nil {
		return err
	}
	if err := a.device("/dev/console", 0o600, 5, 1); err != nil {
		return err
	}
	return a.device("/dev/null", 0o666, 1, 3)
}

// copyIn adds a file of the host under another name.
func copyIn(a *archive, name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("carry %s: %w", from, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("carry %s: %w", from, err)
	}
	return a.file(name, info, f)
}
