package doctor

import (
	"errors"
	"io/fs"
	"syscall"
)

func (f findings) network() Check {
	c := Check{Name: network, State: OK, Found: "made a network namespace with a veth pair, and dropped it"}
	if f.veth == nil {
		return c
	}
	c.State, c.Blocks = Missing, factOf(network).blocks
	switch {
	case !f.privileged() && f.uid == 0:
		return f.withheld(c, "refused: "+reason(f.veth))
	case !f.privileged():
		return f.withheld(c, "namespaces with a veth pair: root is needed to try")
	case errors.Is(f.veth, syscall.EOPNOTSUPP) && f.lacks(factOf(network)) == "":
		c.Found = "the module veth cannot be loaded"
		c.Mend = "install the modules of the running kernel (Ubuntu: linux-modules-extra-" + f.release +
			"), or reboot into the kernel that is installed"
		return c
	}
	return f.lacking(Check{Name: network, Found: "no namespace with a veth pair: " + reason(f.veth)})
}

// processes is never in the way: the lab counts by its own pids.
func (f findings) processes() Check {
	c := Check{Name: "processes", State: OK, Found: "the machine's own PID namespace"}
	if f.pidns {
		c.Found = "a PID namespace: pids are its own, and processes outside cannot be traced"
	}
	if f.container != "" {
		c.Found += "; this is " + f.container
	}
	return c
}

func (f findings) goCommand() Check {
	if f.goFound != "" {
		return Check{Name: "Go", State: OK, Found: f.goFound}
	}
	return Check{
		Name: "Go", State: NotNeeded,
		Found: "no go command in PATH; only building the lab needs it",
	}
}

func (f findings) qemu(guest bool) Check {
	c := Check{Name: "QEMU", State: OK, Found: f.qemuPath}
	switch {
	case f.qemuPath != "":
	case guest:
		c.State, c.Found = Missing, "no "+qemuFor(f.arch)+" in PATH"
		c.Blocks = "the guest, and so every claim"
		c.Mend = "make setup"
	default:
		c.State, c.Found = NotNeeded, "no "+qemuFor(f.arch)+"; only the guest needs it"
	}
	return c
}

// kvmCheck judges what is never needed: the guest does with software emulation.
func (f findings) kvmCheck(guest bool) Check {
	c := Check{Name: "KVM", State: NotNeeded}
	switch k := f.kvm; {
	case errors.Is(k.Err, fs.ErrPermission):
		c.Found = "/dev/kvm may not be opened: the guest runs in software emulation"
		if guest {
			c.Mend = "sudo usermod -aG kvm $USER, then log in again"
		}
	case k.Err != nil:
		c.Found = "no /dev/kvm: the guest runs in software emulation"
	case !k.Tried:
		c.Found = "/dev/kvm opens; whether a guest runs under it, the first one will show"
	case k.Works:
		c.State, c.Found = OK, "a guest has run under it, at full speed"
	default:
		c.Found = "/dev/kvm opens, but a guest did not run (" + k.Why + "): the guest runs in software emulation"
		if guest {
			c.Mend = "to try again: lab vm --accel kvm -- doctor"
		}
	}
	return c
}
