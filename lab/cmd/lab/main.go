// Lab shows on a running kernel what Linux does when Go says Dial, Write and Read.
//
// Each verb has a file of its own here, and no logic: it reads flags, makes one call into
// the rooms beside, and says how what comes of it is shown.
package main

import "os"

func main() {
	become() // returns unless the lab has started this process for itself
	os.Exit(start())
}
