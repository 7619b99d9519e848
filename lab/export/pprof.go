package export

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"dialpath/lab/trace"
)

// pprof writes the stacks as a profile: one sample for each, whose value is how often it
// was seen. Labels say whose it is, in which context, of which protocol and command.
func pprof(w io.Writer, t *trace.Trace) error {
	b := &profiler{
		functions: make(map[profile.Function]*profile.Function),
		locations: make(map[string]*profile.Location),
	}
	b.program = b.mapping("[program]") // the first is the one that pprof calls by name
	b.kernel = b.mapping("[kernel.kallsyms]")
	b.SampleType = []*profile.ValueType{{Type: "calls", Unit: "count"}}
	b.DefaultSampleType = "calls"
	b.DurationNanos = max(0, int64(t.Window.Length()/time.Nanosecond))
	b.Comments = []string{program(t), "Linux " + t.Kernel + " " + t.Arch, t.Go, string(t.Backend.Name)}
	for _, s := range t.Stacks {
		b.add(s)
	}
	return b.Write(w)
}

// A profiler is a profile that is being put together: what samples share is there once.
type profiler struct {
	profile.Profile
	kernel, program *profile.Mapping
	functions       map[profile.Function]*profile.Function
	locations       map[string]*profile.Location
}

func (b *profiler) mapping(file string) *profile.Mapping {
	// That all names are known keeps pprof from looking for them in files.
	m := &profile.Mapping{ID: uint64(len(b.Mapping) + 1), File: file,
		HasFunctions: true, HasFilenames: true, HasLineNumbers: true, HasInlineFrames: true}
	b.Mapping = append(b.Mapping, m)
	return m
}

func (b *profiler) add(s trace.Stack) {
	sample := &profile.Sample{
		Value: []int64{int64(min(s.Count, 1<<62))},
		Label: map[string][]string{"role": {string(s.Role)}, "context": {string(s.Context)}, "comm": {strings.ToValidUTF8(s.Comm, "?")}},
	}
	if proto := protocol(s); proto != "" {
		sample.Label["proto"] = []string{proto}
	}
	// Functions that were inlined are lines of the location of the one that they are in.
	for i := 0; i < len(s.Frames); {
		n := 1
		for i+n < len(s.Frames) && s.Frames[i+n-1].Inlined {
			n++
		}
		sample.Location = append(sample.Location, b.location(s.Frames[i:i+n]))
		i += n
	}
	b.Sample = append(b.Sample, sample)
}

// protocols are parts of the names of functions that belong to a protocol. Datagram sockets
// are connected by a function that has not UDP in its name, though it is UDP's.
var protocols = []struct{ part, name string }{{"udp", "udp"}, {"tcp", "tcp"}, {"_datagram_connect", "udp"}}

// protocol returns which protocol's functions are on a stack: the innermost tells.
func protocol(s trace.Stack) string {
	for _, f := range s.Frames {
		for _, p := range protocols {
			if f.Kind != trace.User && strings.Contains(f.Name, p.part) {
				return p.name
			}
		}
	}
	return ""
}

func (b *profiler) location(frames []trace.Frame) *profile.Location {
	l := &profile.Location{Mapping: b.kernel}
	if frames[0].Kind == trace.User {
		l.Mapping = b.program
	}
	var key strings.Builder
	for _, f := range frames {
		line := profile.Line{Function: b.function(f), Line: int64(f.Line)}
		l.Line = append(l.Line, line)
		key.WriteString(string(f.Kind) + "\x00" + f.Name + "\x00" + f.File + "\x00" + strconv.Itoa(f.Line) + "\x00")
	}
	if known := b.locations[key.String()]; known != nil {
		return known
	}
	l.ID = uint64(len(b.Location) + 1)
	b.Location = append(b.Location, l)
	b.locations[key.String()] = l
	return l
}

func (b *profiler) function(f trace.Frame) *profile.Function {
	name := strings.ToValidUTF8(f.Name, "?")
	want := profile.Function{Name: name, SystemName: name, Filename: strings.ToValidUTF8(f.File, "?")}
	if f.Kind != trace.User {
		want.Filename = "[kernel]"
	}
	if known := b.functions[want]; known != nil {
		return known
	}
	made := want
	made.ID = uint64(len(b.Function) + 1)
	b.Function = append(b.Function, &made)
	b.functions[want] = &made
	return &made
}
