package trace_test

import (
	"bytes"
	_ "embed"
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"dialpath/lab/recordings"
	"dialpath/lab/trace"
)

//go:embed schema.json
var schema []byte

// node is a part of the schema.
type node struct {
	Ref         string          `json:"$ref"`
	Type        any             `json:"type"` // a name, or a list of them
	Enum        []string        `json:"enum"`
	Const       any             `json:"const"`
	Minimum     *int            `json:"minimum"`
	Description string          `json:"description"`
	Closed      *bool           `json:"additionalProperties"`
	Required    []string        `json:"required"`
	Properties  map[string]node `json:"properties"`
	Items       *node           `json:"items"`
	Defs        map[string]node `json:"$defs"`
}

// TestSchemaIsTheModel holds the schema against the model: each field of each struct is
// in it, described, of its type, and nothing else is.
func TestSchemaIsTheModel(t *testing.T) {
	t.Parallel()
	var root node
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	m := model{t, root.Defs, map[string]bool{"Role": true, "Context": true}}
	m.object("Trace", reflect.TypeFor[trace.Trace](), root)
	m.object("Thread", reflect.TypeFor[trace.Thread](), root.Defs["Thread"])
	for name := range root.Defs {
		if !m.seen[name] {
			t.Errorf("%s is in the schema, and nowhere in the model", name)
		}
	}
}

// A model compares Go's types with the schema's.
type model struct {
	t    *testing.T
	defs map[string]node
	seen map[string]bool
}

func (m model) object(name string, of reflect.Type, n node) {
	m.seen[name] = true
	if n.Closed == nil || *n.Closed || n.Description == "" {
		m.t.Errorf("%s: not described, or open for other fields", name)
	}
	properties := maps.Clone(n.Properties)
	var required []string
	for _, f := range reflect.VisibleFields(of) {
		if f.Anonymous {
			continue
		}
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if options == "" {
			required = append(required, key)
		}
		property, ok := properties[key]
		if !ok {
			m.t.Errorf("%s.%s: %q is not in the schema", name, f.Name, key)
			continue
		}
		delete(properties, key)
		m.field(name+"."+key, f.Type, options != "", property)
	}
	for key := range properties {
		m.t.Errorf("%s.%s is in the schema, and not in the model", name, key)
	}
	slices.Sort(required)
	slices.Sort(n.Required)
	if diff := cmp.Diff(required, n.Required); diff != "" {
		m.t.Errorf("%s: fields that are always there (-model +schema):\n%s", name, diff)
	}
}

// field compares one field. A list that is left out when it is empty is never null.
func (m model) field(name string, of reflect.Type, optional bool, n node) {
	if n.Description == "" && n.Ref == "" {
		m.t.Errorf("%s is not described", name)
	}
	if n.Ref != "" {
		part := strings.TrimPrefix(n.Ref, "#/$defs/")
		def, ok := m.defs[part]
		if !ok || part != of.Name() {
			m.t.Errorf("%s: the schema refers to %s, the model to %s", name, n.Ref, of.Name())
			return
		}
		if of.Kind() == reflect.Struct {
			m.object(part, of, def)
		}
		return
	}
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	var want any
	switch kind := of.Kind(); {
	case n.Const != nil || n.Enum != nil:
		return // what it may be, the recordings tell
	case of == reflect.TypeFor[[]byte]() || kind == reflect.String || of.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		want = "string"
	case kind == reflect.Bool:
		want = "boolean"
	case kind == reflect.Slice:
		want = []any{"array", "null"}
		if optional {
			want = "array"
		}
		if n.Items == nil {
			m.t.Errorf("%s: a list of what?", name)
			return
		}
		items := *n.Items
		items.Description = "as the list's"
		m.field(name+"[]", of.Elem(), false, items)
	default:
		want = "integer"
		if unsigned := kind == reflect.Uint32 || kind == reflect.Uint64; unsigned != (n.Minimum != nil) {
			m.t.Errorf("%s: %s, but its minimum is %v", name, of, n.Minimum)
		}
	}
	if diff := cmp.Diff(want, n.Type); diff != "" {
		m.t.Errorf("%s (-model +schema):\n%s", name, diff)
	}
}

// TestSchema: what the lab writes is as the schema says, and what it does not is not.
func TestSchema(t *testing.T) {
	t.Parallel()
	valid := compile(t)
	for _, kernel := range recordings.Kernels() {
		all, err := recordings.Load(kernel)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if err := valid(one); err != nil {
				t.Errorf("%s %s: %v", kernel, one.Target.Workload, err)
			}
		}
	}
	if err := valid(&trace.Trace{}); err != nil {
		t.Errorf("nothing recorded: %v", err)
	}
	for name, bad := range map[string]*trace.Trace{
		"/functions/0/role":       {Functions: []trace.Function{{Role: "nobody"}}},
		"/packets/0/direction":    {Packets: []trace.Packet{{Role: trace.Client, Direction: "up"}}},
		"/stacks/0/frames/0/kind": {Stacks: []trace.Stack{{Role: trace.Any, Frames: []trace.Frame{{}}}}},
		"/wakeups/0/wakerRole":    {Wakeups: []trace.Wakeup{{Role: trace.Server, WakerRole: "x"}}},
		"/softirqs/0/role":        {Softirqs: []trace.Softirq{{}}},
		"/entries/0/role":         {Entries: []trace.Entry{{}}},
		"/syscalls/0/role":        {Syscalls: []trace.Syscall{{}}},
		"/hooks/0/role":           {Hooks: []trace.Hook{{}}},
	} {
		if err := valid(bad); err == nil || !strings.Contains(err.Error(), "'"+name+"'") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// compile returns a check of a trace, as it is in a file, by the schema.
func compile(t *testing.T) func(*trace.Trace) error {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertContent()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(one *trace.Trace) error {
		var file bytes.Buffer
		if err := trace.Write(&file, one); err != nil {
			return err
		}
		instance, err := jsonschema.UnmarshalJSON(&file)
		if err != nil {
			return err
		}
		return compiled.Validate(instance)
	}
}
