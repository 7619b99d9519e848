package record

import (
	"time"

	"dialpath/lab/stage"
	"dialpath/probes"
)

// Options say whom to record, and how.
type Options struct {
	stage.Target
	Duration time.Duration // end after so long; 0 means when the target ends, or the context is done

	// Tries is how often at most a recording is made, to get one in which nothing was lost
	// and no hit missed. If there is none, the last one counts. 0 means once.
	Tries int

	// Ready, if not nil, is told that the gate is open: what happens from now on is
	// seen. What the lab runs itself has not begun.
	Ready func(*probes.Session)
}

// An audience are the probes, as a stage knows them.
type audience struct{ session *probes.Session }

var roles = map[stage.Role]probes.Role{
	stage.Client: probes.Client, stage.Server: probes.Server, stage.Tracee: probes.Tracee,
}

func (a audience) Admit(pid int, role stage.Role) error { return a.session.Admit(pid, roles[role]) }

func (a audience) AdmitNamespace(inode uint32, role stage.Role) error {
	return a.session.AdmitNamespace(inode, roles[role])
}
