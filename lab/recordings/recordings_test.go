package recordings

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"compress/gzip"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

func TestKernels(t *testing.T) {
	t.Parallel()
	want := []string{"6.1", "6.12", "6.18"} // 6.12 is not before 6.2
	if diff := cmp.Diff(want, Kernels()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if Newest() != "6.18" {
		t.Errorf("the newest is %s", Newest())
	}
	if _, err := Load("5.4"); err == nil || err.Error() != "there are no recordings of a kernel 5.4, but of 6.1, 6.12, 6.18" {
		t.Errorf("error %v", err)
	}
}

// TestWhole: each kernel's file has every workload, whole, with all that views show.
func TestWhole(t *testing.T) {
	t.Parallel()
	for _, kernel := range Kernels() {
		all, err := Load(kernel)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, one := range all {
			name := one.Target.Workload
			names = append(names, name)
			if !strings.HasPrefix(one.Kernel, kernel+".") {
				t.Errorf("%s %s was recorded on %s", kernel, name, one.Kernel)
			}
			h := one.Honesty
			if h.Attached != h.Matched || h.Matched < 900 || h.Lost+h.Missed > 0 || len(h.Failed)+len(h.Unnamed) > 0 {
				t.Errorf("%s %s is not whole: %+v", kernel, name, h)
			}
			if !one.HasFunctions() || !one.HasStacks() || !one.HasHooks() || !one.HasPackets() || !one.HasSyscalls() || !one.HasTimeline() {
				t.Errorf("%s %s lacks a part", kernel, name)
			}
			if one.Counted() != h.Calls || uint64(len(one.Entries)) != h.Calls {
				t.Errorf("%s %s: %d calls by function and %d by time, of %d", kernel, name, one.Counted(), len(one.Entries), h.Calls)
			}
		}
		var want []string
		for _, w := range workload.All() {
			want = append(want, w.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s has recordings of %q, want %q", kernel, names, want)
		}
	}
}

// TestModel: the files are what the model of today writes. If not, make recordings.
func TestModel(t *testing.T) {
	t.Parallel()
	for _, kernel := range Kernels() {
		file, err := files.Open(kernel + suffix)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(plain)
		if err != nil {
			t.Fatal(err)
		}
		strict := json.NewDecoder(bytes.NewReader(text))
		strict.DisallowUnknownFields()
		var all []*trace.Trace
		for strict.More() {
			one := new(trace.Trace)
			if err := strict.Decode(one); err != nil {
				t.Fatalf("%s: %v", kernel, err)
			}
			all = append(all, one)
		}
		var again bytes.Buffer
		if err := trace.Write(&again, all...); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), text) {
			t.Errorf("%s: written again, it is another", kernel)
		}
	}
}
