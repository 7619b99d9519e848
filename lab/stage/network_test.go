package stage

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netlink"

	"dialpath/lab/ring"
)

// TestNetwork is the article's drawing, and nothing more.
func TestNetwork(t *testing.T) {
	ring.Root(t)
	n, err := newNetwork()
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			n.close()
		}
	}()
	for _, end := range []struct {
		space *namespace
		want  []string
	}{
		{n.client, []string{"lo up 127.0.0.1/8 ::1/128", "veth0 up 10.0.0.1/24", "10.0.0.2 permanent"}},
		{n.server, []string{"lo up 127.0.0.1/8 ::1/128", "veth1 up 10.0.0.2/24", "10.0.0.1 permanent"}},
	} {
		var got []string
		if err := end.space.do(func() (err error) { got, err = describe(); return err }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(end.want, got); diff != "" {
			t.Errorf("namespace (- want, + got):\n%s", diff)
		}
	}

	inodes := []uint32{n.client.inode, n.server.inode}
	for _, inode := range inodes {
		if len(users(inode)) == 0 {
			t.Errorf("nobody uses the namespace %d", inode)
		}
	}
	n.close()
	closed = true
	for _, inode := range inodes {
		eventually(t, "nobody uses the namespace", func() bool { return len(users(inode)) == 0 })
	}
}

// TestTraffic: what leaves one end comes to the other, and both count it.
func TestTraffic(t *testing.T) {
	ring.Root(t)
	n, err := newNetwork()
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	before := n.traffic()
	// Nobody listens: to the first datagram comes an answer, and the second may find it.
	err = n.client.do(func() error {
		conn, err := net.Dial("udp4", serverAddress+":"+serverPort)
		if err != nil {
			return err
		}
		defer conn.Close()
		_, first := conn.Write([]byte("one"))
		_, second := conn.Write([]byte("two"))
		return errors.Join(first, second)
	})
	if err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatal(err)
	}
	eventually(t, "all has arrived", n.arrived)
	after := n.traffic()
	if left, came := after.out-before.out, after.in-before.in; left < 2 || left != came {
		t.Errorf("%d packets left, and %d came", left, came)
	}
}

// describe lists the devices, addresses and neighbours of this namespace.
func describe() (lines []string, err error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		state := "down"
		if l.Attrs().Flags&1 != 0 { // IFF_UP
			state = "up"
		}
		line := l.Attrs().Name + " " + state
		addresses, err := netlink.AddrList(l, netlink.FAMILY_ALL)
		if err != nil {
			return nil, err
		}
		for _, a := range addresses {
			line += " " + a.IPNet.String()
		}
		lines = append(lines, line)
	}
	neighbours, err := netlink.NeighList(0, netlink.FAMILY_V4)
	for _, n := range neighbours {
		if n.State == netlink.NUD_PERMANENT {
			lines = append(lines, n.IP.String()+" permanent")
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Index("lv1", a[:1]) - strings.Index("lv1", b[:1]) })
	return lines, err
}

// users are the threads in a network namespace, and the descriptors that hold it.
func users(inode uint32) (found []string) {
	want := fmt.Sprintf("net:[%d]", inode)
	for _, glob := range []string{"/proc/[0-9]*/task/*/ns/net", "/proc/self/fd/*"} {
		names, _ := filepath.Glob(glob)
		for _, name := range names {
			if to, err := os.Readlink(name); err == nil && to == want {
				found = append(found, name)
			}
		}
	}
	return found
}
