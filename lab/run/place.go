package run

import "os"

// A Place is where a trial is recorded.
type Place struct {
	Guest  bool   // in a guest, whatever this kernel can
	Kernel string // in a guest with the newest kernel of this series; "" is wherever it can be done

	// Flags are those of the verb by which the lab in a guest is called, of what was set here.
	Flags []string
	Say   func(format string, args ...any) // takes lines of news
	Bar   *os.File                         // shows how far a download is; nil if nobody looks
}
