package trace

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	want := sample()
	var file bytes.Buffer
	if err := Write(&file, want); err != nil {
		t.Fatal(err)
	}
	first := file.String()
	got, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*Trace{want}, got, addresses); diff != "" {
		t.Errorf("read back (-written +read):\n%s", diff)
	}
	var again bytes.Buffer
	if err := Write(&again, got...); err != nil {
		t.Fatal(err)
	}
	if again.String() != first {
		t.Error("the same trace was written differently the second time")
	}
}

// TestNamesInFile holds the names that jq scripts and later versions rely on.
func TestNamesInFile(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := Write(&file, sample()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		`"version": 2`, `"functions": [`, `"name": "tcp_options_write.isra.0"`, `"base": "tcp_options_write"`,
		`"role": "client"`, `"context": "NET_RX"`, `"count": 4`,
		`"matched": 388`, `"attached": 387`, `"lost": 1`, `"missed": 2`, `"missedKnown": true`,
	} {
		if !strings.Contains(file.String(), name) {
			t.Errorf("the file has no %s", name)
		}
	}
}

func TestAbsentIsNotEmpty(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := Write(&file, &Trace{Version: Version, Packets: []Packet{}}); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if !got[0].HasPackets() {
		t.Error("packets were asked for and none came: the trace read back denies it")
	}
	if got[0].HasSyscalls() {
		t.Error("system calls were not asked for: the trace read back claims they were")
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	var whole bytes.Buffer
	if err := Write(&whole, sample()); err != nil {
		t.Fatal(err)
	}
	var squeezed bytes.Buffer
	if err := writeCompressed(&squeezed, []*Trace{sample()}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, file, want string }{
		{"empty", "", "not a trace: it is empty"},
		{"no version", `{"kernel": "6.12"}`, "not a trace: it has no version"},
		{"list", `[1]`, "not a trace: json: cannot unmarshal array"},
		{"newer", `{"version": 3, "functions": "of another shape"}`, "unknown trace version 3: this lab reads versions 1 and 2"},
		{"older", `{"version": 0}`, "unknown trace version 0: this lab reads versions 1 and 2"},
		{"negative", `{"version": -7}`, "unknown trace version -7"},
		{"huge version", `{"version": 99999999999999999999}`, "not a trace: json: cannot unmarshal number"},
		{"text as version", `{"version": "1"}`, "not a trace: json: cannot unmarshal string"},
		{"truncated", whole.String()[:whole.Len()/2], "not a trace: it ends in the middle"},
		{"followed by junk", whole.String() + "x", "not a trace: invalid character 'x'"},
		{"one good, one not", whole.String() + `{"version": 3}`, "unknown trace version 3"},
		{"compressed badly", "\x1f\x8b\x08\x00rubbish", "not a trace: "},
		{"compressed and truncated", squeezed.String()[:squeezed.Len()/2], "not a trace: "},
		{"negative count", `{"version": 2, "functions": [{"count": -1}]}`, "not a trace: json: cannot unmarshal number -1"},
		{"flags of nobody", `{"version": 2, "packets": [{"flags": "ACK FUN"}]}`, `not a trace: "FUN" is no flag of TCP`},
		{"no address", `{"version": 2, "packets": [{"source": "10.0.0.1"}]}`, "not a trace: "},
		{"deep", `{"version": 1, "stacks": ` + strings.Repeat("[", 20_000), "not a trace: "},
		{"binary", "\x7fELF\x02\x01", "not a trace: invalid character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Read(strings.NewReader(test.file))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got error %v, want %s…", err, test.want)
			}
			if got != nil {
				t.Errorf("got a trace with the error: %+v", got)
			}
		})
	}
}

func TestVersionError(t *testing.T) {
	t.Parallel()
	_, err := Read(strings.NewReader(`{"version": 3}`))
	if !errors.Is(err, ErrVersion) {
		t.Errorf("got %v, want ErrVersion", err)
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "dial.json")
	want := sample()
	if err := Save(name, want); err != nil {
		t.Fatal(err)
	}
	got, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*Trace{want}, got, addresses); diff != "" {
		t.Errorf("loaded (-saved +loaded):\n%s", diff)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o644 {
		t.Errorf("file mode %v: others cannot read what root recorded", info.Mode())
	}
}

// TestSaveCompressed: the name asks for it, and several traces are one after another.
func TestSaveCompressed(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "dial.json.gz")
	want := []*Trace{sample(), {Version: Version, Kernel: "6.1"}}
	if err := Save(name, want...); err != nil {
		t.Fatal(err)
	}
	got, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, addresses); diff != "" {
		t.Errorf("loaded (-saved +loaded):\n%s", diff)
	}
	if file, err := os.ReadFile(name); err != nil || !bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
		t.Errorf("the file does not begin with gzip's mark: %v", err)
	}
}

// TestReadBomb: a small file that is a long text, or a great many rows, does not fill the
// memory.
func TestReadBomb(t *testing.T) {
	const room, rows = 4 << 20, 10_000 // less than Read has, so that the test is quick
	for _, test := range []struct{ start, repeated, end, want string }{
		{`{"version": 1, "kernel": "`, " ", `"}`, "not a trace: it is longer than 4 MiB"},
		{`{"version": 1, "hooks": [{}`, ",{}", "]}", "not a trace: it has more than 10000 rows"},
		{"", `{"version": 1}`, "", "not a trace: it has more than 10000 rows"},
	} {
		t.Run(test.repeated, func(t *testing.T) {
			n := rows + 1
			if test.repeated == " " {
				n = room + 1
			}
			var bomb bytes.Buffer
			z := gzip.NewWriter(&bomb)
			io.WriteString(z, test.start+strings.Repeat(test.repeated, n)+test.end)
			z.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := read(&bomb, room, rows)
			runtime.ReadMemStats(&after)
			if err == nil || err.Error() != test.want {
				t.Errorf("%d bytes: error %v, want %s", bomb.Len(), err, test.want)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 6*room {
				t.Errorf("it took %d bytes of memory", took)
			}
		})
	}
}

// TestReadLimit: Read has such limits, too.
func TestReadLimit(t *testing.T) {
	t.Parallel()
	file := `{"version": 1, "hooks": [{}` + strings.Repeat(",{}", maxRows) + "]}"
	_, err := Read(strings.NewReader(file))
	if want := fmt.Sprintf("not a trace: it has more than %d rows", maxRows); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestSaveIsAtomic has Save fail at its last step: what was there stays, and no
// scrap is left beside it.
func TestSaveIsAtomic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "dial.json")
	if err := os.MkdirAll(filepath.Join(name, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Save(name, sample()); err == nil || !strings.HasPrefix(err.Error(), "save trace "+name) {
		t.Errorf("got error %v, want one that names the file", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != "dial.json" {
		t.Errorf("left in the directory: %v", entries)
	}
}

func TestSaveReplaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "dial.json")
	if err := os.WriteFile(name, []byte("the trace of yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Save(name, sample()); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left in the directory: %v", entries)
	}
}

func TestSaveWithoutDirectory(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "missing", "dial.json")
	if err := Save(name, sample()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want %v", err, os.ErrNotExist)
	}
}

func TestLoadNamesFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "no.json")
	if _, err := Load(name); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), name) {
		t.Errorf("got %v, want an error that names %s", err, name)
	}
	if err := os.WriteFile(name, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("got %v, want an error that names %s", err, name)
	}
}

// FuzzRead holds that whatever is read without an error can be written and read
// again, and that the queries bear it.
func FuzzRead(f *testing.F) {
	var whole bytes.Buffer
	if err := Write(&whole, sample()); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add(whole.Bytes()[:whole.Len()-9])
	f.Add([]byte(`{"version":1}`))
	f.Add([]byte(`{"version":2,"packets":[{"source":"[fe80::1%7]:9","flags":"ACK","data":"RQ=="}],"syscalls":[{"passed":[],"option":{"level":1,"name":6,"length":4,"value":1}}]}`))
	f.Add([]byte(`{"version":1,"packets":[{"source":"::1","flags":"ACK"}],"hooks":[{"peer":"10.0.0.1:9"}],"syscalls":[{"name":"sendto","args":"9 bytes, 10.0.0.2:1"}]}`))
	var squeezed bytes.Buffer
	if err := writeCompressed(&squeezed, []*Trace{sample(), {Version: Version}}); err != nil {
		f.Fatal(err)
	}
	f.Add(squeezed.Bytes())
	f.Add(squeezed.Bytes()[:squeezed.Len()-9])
	f.Add([]byte(`{"version":1}{"version":1,"entries":[{"waker":{}}],"wakeups":[{}],"packets":[{"data":"AA=="}]}`))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte(`{"version":1,"stacks":[{"frames":null}],"syscalls":[{"fd":-9,"return":-9223372036854775808}]}`))
	f.Add([]byte(`{"version":1,"functions":[{"name":"\u001b[2J","count":18446744073709551615},{"count":1}]}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		for _, one := range read {
			one.Totals(nil)
			one.Counted()
			one.Sent(one.Subject())
			one.SocketCalls(one.Subject())
			one.HasTimeline()
		}
		var again bytes.Buffer
		if err := Write(&again, read...); err != nil {
			t.Fatal(err)
		}
		second, err := Read(&again)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(read, second, addresses); diff != "" {
			t.Errorf("changed by writing and reading:\n%s", diff)
		}
	})
}
