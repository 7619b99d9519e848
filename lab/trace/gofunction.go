package trace

// A GoFunction is a function of the traced program's own that was watched, or was to be.
// Functions of one glob are one.
type GoFunction struct {
	Name  string   `json:"name"`           // as it was asked for: a name, or a glob of names
	Lack  Lack     `json:"lack,omitempty"` // why it could not be watched
	Count uint64   `json:"count"`          // how often it was called
	Calls []GoCall `json:"calls"`          // each call; of very many the first few thousand
}

// A Lack is why a function of a program's own could not be watched.
type Lack string

// What may be lacking.
const (
	LacksFunction Lack = "function" // the program has names, and no function of that one
	LacksNames    Lack = "names"    // nobody knows which functions the program has: it was stripped
	LacksProbe    Lack = "probe"    // the kernel refused
)

// A GoCall is one call of such a function, at its first instruction.
type GoCall struct {
	Time int64 `json:"time"` // ns of CLOCK_MONOTONIC
	Thread
	Role     Role    `json:"role"`
	Argument uint64  `json:"argument,omitempty"` // the first, if it is a number
	Text     string  `json:"text,omitempty"`     // the first, if it is a string: its first 64 bytes
	Frames   []Frame `json:"frames"`             // the program's stack, leaf first
}

// GoFunction returns the functions of the program's own that were asked for by that name.
func (t *Trace) GoFunction(name string) (f GoFunction, watched bool) {
	for _, f := range t.GoFunctions {
		if f.Name == name {
			return f, true
		}
	}
	return GoFunction{}, false
}
