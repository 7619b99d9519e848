// Package report is what the doctor says of a machine, as plain data: [dialpath/lab/doctor]
// makes it, [dialpath/lab/view] shows it.
package report

// A State is how a check came out.
type State string

// The states. What is not needed is absent, or not as good as it could be, and
// nothing that the lab does on this machine suffers from it.
const (
	OK        State = "ok"
	Missing   State = "missing"
	NotNeeded State = "not needed"
	Unknown   State = "unknown" // only root can tell
)

// A Check is one thing that the lab asks of a machine.
type Check struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Found  string `json:"found"`            // what there is
	Blocks string `json:"blocks,omitempty"` // what does not work for want of it
	Mend   string `json:"mend,omitempty"`   // what to do about it
}

// A Report is all that the doctor found, the checks in a fixed order.
type Report struct {
	Kernel  string  `json:"kernel"` // release, as uname -r prints it
	Arch    string  `json:"arch"`   // GOARCH: amd64
	Checks  []Check `json:"checks"`
	Backend string  `json:"backend"` // best that really attached; "" if none did
	Guest   bool    `json:"guest"`   // this kernel cannot run the tour: use the guest
	Verdict string  `json:"verdict"` // one line: what to do now
}

// Lookup returns the check of that name.
func (r Report) Lookup(name string) (Check, bool) {
	for _, c := range r.Checks {
		if c.Name == name {
			return c, true
		}
	}
	return Check{}, false
}
