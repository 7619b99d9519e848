// A learner's program that means no good. Which kind it is, is decided where it is built.
package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"
)

var act string // set by the linker

func main() {
	err := map[string]func() error{
		"loop": loop, "bomb": bomb, "fill": fill, "look": look, "leave": leave, "grow": grow, "rise": rise, "talk": talk, "share": share, "herd": herd, "inherit": inherit, "hide": hide,
	}[act]()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func loop() error {
	for {
	}
}

// bomb starts itself twice, again and again.
func bomb() error {
	for {
		if _, err := syscall.ForkExec(os.Args[0], os.Args, &syscall.ProcAttr{}); err != nil {
			return err
		}
	}
}

// fill writes for as long as there is room.
func fill() error {
	file, err := os.Create("fill")
	if err != nil {
		return err
	}
	block := make([]byte, 1<<20)
	for n := 0; ; n++ {
		if _, err := file.Write(block); err != nil {
			return fmt.Errorf("after %d MiB: %w", n, err)
		}
	}
}

// look looks around in the file system.
func look() error {
	entries, err := os.ReadDir("/")
	if err != nil {
		return err
	}
	for _, e := range entries {
		fmt.Println(e.Name())
	}
	_, err = os.ReadFile("/etc/passwd")
	return err
}

// leave wants to talk to the world. (The address is nobody's: RFC 5737.)
func leave() error {
	_, err := net.Dial("tcp", "192.0.2.1:80")
	return err
}

// grow uses more and more memory.
func grow() error {
	for n := 0; n < 1024; n++ {
		block := make([]byte, 1<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
	}
	return nil
}

var kept [][]byte

// share uses memory that no limit of a process knows of.
func share() error {
	for n := 0; n < 1024; n++ {
		block, err := syscall.Mmap(-1, 0, 1<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
		if err != nil {
			return err
		}
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
	}
	return nil
}

// herd has children that use memory, each of its own.
func herd() error {
	if len(os.Args) > 1 {
		for range 200 {
			block := make([]byte, 1<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
			kept = append(kept, block)
		}
		time.Sleep(time.Minute)
		return nil
	}
	for range 4 {
		if _, err := syscall.ForkExec(os.Args[0], []string{os.Args[0], "child"}, &syscall.ProcAttr{}); err != nil {
			return err
		}
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(-1, &status, 0, nil); err != nil {
		return err
	}
	if status.Signaled() {
		return fmt.Errorf("a child: %v", status.Signal())
	}
	return fmt.Errorf("a child: status %d", status.ExitStatus())
}

// hide looks for ways to do what is not seen, or to leave by other sockets than the network's.
func hide() error {
	try := func(what string, number uintptr, args ...uintptr) {
		args = append(args, 0, 0, 0)
		n, _, errno := syscall.RawSyscall6(number, args[0], args[1], args[2], 0, 0, 0)
		if errno == 0 {
			fmt.Println(what, "returned", n)
			return
		}
		fmt.Println(what+":", errno)
	}
	for _, one := range hidden {
		try(one.what, one.number, one.args...)
	}
	for _, family := range []uintptr{syscall.AF_UNIX, syscall.AF_INET, syscall.AF_INET6, syscall.AF_NETLINK, syscall.AF_PACKET, 38, 40} {
		n, _, errno := syscall.RawSyscall(syscall.SYS_SOCKET, family, syscall.SOCK_STREAM, 0)
		if errno == 0 {
			fmt.Printf("family %d: made\n", family)
			syscall.Close(int(n))
			continue
		}
		fmt.Printf("family %d: %v\n", family, errno)
	}
	const high = 1 << 32 // of which the kernel takes no notice
	try("family 40 in disguise", syscall.SYS_SOCKET, high|40, syscall.SOCK_STREAM)
	try("a pair of family 40", syscall.SYS_SOCKETPAIR, 40, syscall.SOCK_STREAM)
	hideForeign()
	return nil
}

// inherit looks for descriptors and keys that somebody has left open.
func inherit() error {
	for fd := 3; fd < 100; fd++ {
		var st syscall.Stat_t
		err := syscall.Fstat(fd, &st)
		if err == nil && st.Mode&syscall.S_IFMT != syscall.S_IFIFO && st.Mode&syscall.S_IFMT != 0 { // what Go's poller needs is no file
			fmt.Printf("descriptor %d is open: %o\n", fd, st.Mode)
		}
	}
	key, err := syscall.BytePtrFromString("dialpath-test")
	if err != nil {
		return err
	}
	kind, err := syscall.BytePtrFromString("user")
	if err != nil {
		return err
	}
	id, _, errno := syscall.Syscall6(syscall.SYS_REQUEST_KEY, uintptr(unsafe.Pointer(kind)), uintptr(unsafe.Pointer(key)), 0, 0, 0, 0)
	if errno == 0 {
		fmt.Println("the key is there:", id)
	}
	return nil
}

// rise wants to be root, mount and make devices.
func rise() error {
	groups, err := os.Getgroups()
	fmt.Println("I am", os.Getuid(), os.Getgid(), groups, err)
	fmt.Println("setuid:", syscall.Setuid(0))
	fmt.Println("mount:", syscall.Mount("x", "/tmp", "tmpfs", 0, ""))
	fmt.Println("mknod:", syscall.Mknod("/tmp/kmsg", syscall.S_IFCHR|0o666, 1<<8|11))
	fmt.Println("chroot:", syscall.Chroot("/tmp"))
	_, _, errno := syscall.RawSyscall(syscall.SYS_UNSHARE, syscall.CLONE_NEWNET, 0, 0)
	fmt.Println("unshare:", errno)
	return nil
}

// talk prints more than anybody reads.
func talk() error {
	for range 10_000 {
		fmt.Println("all work and no play makes Jack a dull boy")
	}
	return nil
}
