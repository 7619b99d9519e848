// Package probes is the kernel side of the lab: it counts kernel functions, takes
// their stacks, and watches packets and system calls, by BPF programs attached to
// a running kernel.
//
// A [Session] is opened with what is wanted, attaches everything, and sees
// nothing until its gate is opened; what it has seen is read after the gate is
// closed. Kernels from 5.15 on can be traced (the first with attach cookies).
//
//	s, err := probes.Open(probes.Options{Functions: []string{"udp_*"}})
//	…
//	defer s.Close()
//	s.Admit(pid, probes.Client)
//	s.Start()
//	…
//	s.Stop()
//	seen, err := s.Read()
package probes
