package probes

import (
	"testing"

	"github.com/cilium/ebpf"

	"dialpath/lab/ring"
)

// The kernel at hand judges every program, whether it could attach it or not. A
// program of type kprobe is judged in both its forms.
func TestVerifierAcceptsEveryProgram(t *testing.T) {
	ring.Root(t)
	for _, form := range []struct {
		name string
		tune func(*ebpf.CollectionSpec)
	}{
		{"kprobe", func(*ebpf.CollectionSpec) {}},
		{"kprobe.multi", func(spec *ebpf.CollectionSpec) {
			for _, p := range spec.Programs {
				if p.Type == ebpf.Kprobe {
					p.AttachType = ebpf.AttachTraceKprobeMulti
				}
			}
		}},
	} {
		t.Run(form.name, func(t *testing.T) {
			spec, err := loadBpf()
			if err != nil {
				t.Fatal(err)
			}
			form.tune(spec)
			for name, p := range spec.Programs {
				if p.Type == ebpf.Tracing {
					delete(spec.Programs, name) // lockdown forbids loading these; a guest judges them
				}
			}
			c, err := ebpf.NewCollection(spec)
			if err != nil {
				t.Fatalf("%+v", err)
			}
			c.Close()
		})
	}
}
