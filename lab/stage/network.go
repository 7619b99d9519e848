package stage

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// A network is the article's drawing: a client, a server, and a wire between them.
//
//	client 10.0.0.1 ──── 10.0.0.2 server
//	         veth0          veth1
type network struct {
	client, server *namespace
}

// A namespace is a network namespace, with a thread that lives in it.
type namespace struct {
	handle netns.NsHandle
	inode  uint32
	work   chan func()
}

// newNetwork makes the namespaces and the wire. They vanish with the last process
// in them, so nothing stays behind even if the lab is killed.
func newNetwork() (_ *network, err error) {
	n := new(network)
	defer func() {
		if err != nil {
			n.close()
		}
	}()
	if n.client, err = newNamespace(); err != nil {
		return nil, err
	}
	if n.server, err = newNamespace(); err != nil {
		return nil, err
	}
	err = n.client.do(func() error {
		wire := netlink.NewVeth(netlink.LinkAttrs{Name: "veth0"})
		wire.PeerName, wire.PeerNamespace = "veth1", netlink.NsFd(n.server.handle)
		if err := netlink.LinkAdd(wire); err != nil {
			return fmt.Errorf("add a veth pair: %w (is the module veth there?)", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return n, n.connect()
}

// connect brings both ends up. Each is told the other's hardware address for good,
// so that no ARP comes between the packets of a workload.
func (n *network) connect() error {
	ends := []struct {
		space         *namespace
		device        string
		address, peer string
		hardware      net.HardwareAddr
	}{
		{space: n.client, device: "veth0", address: clientAddress, peer: serverAddress},
		{space: n.server, device: "veth1", address: serverAddress, peer: clientAddress},
	}
	for i := range ends {
		e := &ends[i]
		err := e.space.do(func() (err error) {
			e.hardware, err = raise(e.device, e.address)
			return err
		})
		if err != nil {
			return err
		}
	}
	for i, e := range ends {
		err := e.space.do(func() error {
			link, err := netlink.LinkByName(e.device)
			if err != nil {
				return err
			}
			return netlink.NeighSet(&netlink.Neigh{
				LinkIndex:    link.Attrs().Index,
				State:        netlink.NUD_PERMANENT,
				IP:           net.ParseIP(e.peer),
				HardwareAddr: ends[1-i].hardware,
			})
		})
		if err != nil {
			return fmt.Errorf("tell %s of its neighbour: %w", e.device, err)
		}
	}
	return nil
}

// raise gives a device its address, and brings it and the loopback device up.
func raise(device, address string) (net.HardwareAddr, error) {
	// IPv6 would announce itself on a new link with packets of its own.
	err := os.WriteFile("/proc/sys/net/ipv6/conf/"+device+"/disable_ipv6", []byte("1"), 0)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	link, err := netlink.LinkByName(device)
	if err != nil {
		return nil, err
	}
	prefix := &netlink.Addr{IPNet: &net.IPNet{IP: net.ParseIP(address), Mask: net.CIDRMask(24, 32)}}
	if err := netlink.AddrAdd(link, prefix); err != nil {
		return nil, fmt.Errorf("give %s the address %s: %w", device, address, err)
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return nil, err
	}
	for _, l := range []netlink.Link{loopback, link} {
		if err := netlink.LinkSetUp(l); err != nil {
			return nil, fmt.Errorf("bring %s up: %w", l.Attrs().Name, err)
		}
	}
	return link.Attrs().HardwareAddr, nil
}

// admit has the probes see the packets of both ends.
func (n *network) admit(to Probes) error {
	for space, role := range map[*namespace]Role{n.client: Client, n.server: Server} {
		if err := to.AdmitNamespace(space.inode, role); err != nil {
			return fmt.Errorf("watch the %s's packets: %w", role, err)
		}
	}
	return nil
}

func (n *network) close() {
	for _, space := range []*namespace{n.client, n.server} {
		if space != nil {
			space.close()
		}
	}
}

// newNamespace makes a network namespace. A namespace belongs to a thread, so a
// goroutine is locked to one for as long as the namespace is in use; the thread
// ends with it and taints no other.
func newNamespace() (*namespace, error) {
	n := &namespace{work: make(chan func())}
	made := make(chan error)
	go func() {
		runtime.LockOSThread()
		var st unix.Stat_t
		var err error
		if n.handle, err = netns.New(); err == nil {
			err = unix.Fstat(int(n.handle), &st)
		}
		n.inode = uint32(st.Ino)
		if made <- err; err != nil {
			return
		}
		for f := range n.work {
			f()
		}
	}()
	if err := <-made; err != nil {
		if errors.Is(err, unix.EPERM) {
			return nil, errors.New("network namespaces need root: use sudo")
		}
		return nil, fmt.Errorf("make a network namespace: %w", err)
	}
	return n, nil
}

// do runs f on a thread in the namespace. Processes started by f are born there.
func (n *namespace) do(f func() error) error {
	result := make(chan error)
	n.work <- func() { result <- f() }
	return <-result
}

func (n *namespace) close() {
	close(n.work)
	n.handle.Close()
}
