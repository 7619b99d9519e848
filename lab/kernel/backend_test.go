package kernel_test

import (
	"slices"
	"testing"

	"dialpath/lab/kernel"
)

func TestBackends(t *testing.T) {
	t.Parallel()
	want := []kernel.Backend{kernel.KprobeMulti, kernel.Kprobe, kernel.Fentry, kernel.Tracepoint}
	if got := kernel.Backends(); !slices.Equal(got, want) {
		t.Errorf("the backends, best first, are %q, want %q", got, want)
	}
	for _, b := range kernel.Backends() {
		if got, err := kernel.ParseBackend(string(b)); got != b || err != nil {
			t.Errorf("%s is read as %q: %v", b, got, err)
		}
		if b.MissedSince() == (kernel.Version{}) || b.Needs().Since == (kernel.Version{}) || len(b.Needs().Options) == 0 {
			t.Errorf("%s: since when, with what options, and since when are missed hits counted?", b)
		}
	}
	for _, name := range []string{"auto", ""} {
		if got, err := kernel.ParseBackend(name); got != "" || err != nil {
			t.Errorf("%q is read as %q: %v", name, got, err)
		}
	}
	const unknown = `unknown backend "ebpf": use auto, kprobe.multi, kprobe, fentry or tracepoint`
	if _, err := kernel.ParseBackend("ebpf"); err == nil || err.Error() != unknown {
		t.Errorf("%v, want %s", err, unknown)
	}
}

func TestSinceOn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		backend kernel.Backend
		arch    string
		want    kernel.Version
	}{
		{kernel.KprobeMulti, "amd64", kernel.Version{5, 18}},
		{kernel.KprobeMulti, "arm64", kernel.Version{6, 14}},
		{kernel.Kprobe, "amd64", kernel.Version{4, 1}},
		{kernel.Kprobe, "arm64", kernel.Version{4, 8}},
	} {
		if got := test.backend.Needs().SinceOn(test.arch); got != test.want {
			t.Errorf("%s on %s is since %v, want %v", test.backend, test.arch, got, test.want)
		}
	}
}
