package cell

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Group is a cgroup, and bounds what all processes of a cell have together; the limits of
// each process (see [bounds]) do not know of memory that is shared. Systems have had version
// 2 of cgroups since about 2021; where it is not there, or not to be written to, the cell
// does without: a nil Group bounds nothing.
type Group struct{ dir *os.File }

const cgroupRoot = "/sys/fs/cgroup"

// NewGroup makes a group, or nil where there can be none.
func NewGroup() *Group {
	var fs unix.Statfs_t
	if err := unix.Statfs(cgroupRoot, &fs); err != nil || fs.Type != unix.CGROUP2_SUPER_MAGIC {
		return nil
	}
	// Most have both on already.
	os.WriteFile(filepath.Join(cgroupRoot, "cgroup.subtree_control"), []byte("+memory +pids"), 0)
	name, err := os.MkdirTemp(cgroupRoot, "dialpath-")
	if err != nil {
		return nil
	}
	// The program itself and what the kernel keeps for it count, too.
	const overhead = 64 << 20
	for file, value := range map[string]int{
		"memory.max": Memory + Disk + overhead, "memory.swap.max": 0, "pids.max": Threads,
	} {
		err := os.WriteFile(filepath.Join(name, file), []byte(strconv.Itoa(value)), 0)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel without swap has no limit for it
			os.Remove(name)
			return nil
		}
	}
	dir, err := os.Open(name)
	if err != nil {
		os.Remove(name)
		return nil
	}
	return &Group{dir}
}

// admit has a child be born in the group.
func (g *Group) admit(attr *syscall.SysProcAttr) {
	if g != nil {
		attr.UseCgroupFD, attr.CgroupFD = true, int(g.dir.Fd())
	}
}

// dying is how long processes that were killed may take to be gone.
const dying = 10 * time.Second

// glance is between two looks at them.
const glance = 2 * time.Millisecond

// Close removes the group. All processes in it have ended, or are about to.
func (g *Group) Close() {
	if g == nil {
		return
	}
	g.dir.Close()
	for end := time.Now().Add(dying); time.Now().Before(end); time.Sleep(glance) {
		if err := os.Remove(g.dir.Name()); !errors.Is(err, syscall.EBUSY) {
			return
		}
	}
}
