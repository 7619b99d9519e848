package explain

// golang are functions of Go programs that the lab watches as it does the kernel's.
var golang = map[string]string{
	"runtime.mallocgc":     "gets memory from the heap, of as many bytes as its first argument says",
	"net.lookupStaticHost": "looks a name up in /etc/hosts",
}
