package echo

import "embed"

// Files are this package's own source files, for a debugger on a machine that has none of
// them.
//
//go:embed *.go
var Files embed.FS
