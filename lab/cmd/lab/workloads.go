package main

import (
	"context"
	"errors"
	"strings"

	"dialpath/lab/record"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// names lists the workloads.
func names() string {
	var all []string
	for _, w := range workload.All() {
		all = append(all, w.Name)
	}
	return strings.Join(all, ", ")
}

// record records workloads one after another. The probes are attached once: with
// single kprobes that takes the better part of the time.
func (s *source) record(ctx context.Context, wanted probes.Options, workloads []string) (_ []*trace.Trace, err error) {
	var each []record.Options
	for _, name := range workloads {
		w, err := workload.Lookup(name)
		if err != nil {
			return nil, usageError{err}
		}
		each = append(each, record.Options{Workload: &w, Times: s.times})
	}
	if wanted.Backend, err = s.parseBackend(); err != nil {
		return nil, err
	}
	if err := needRoot(); err != nil {
		return nil, err
	}
	progress := newProgress(s.env)
	defer progress.end()
	wanted.Progress = progress.show
	recorder, err := record.Open(wanted)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, recorder.Close()) }()

	var traces []*trace.Trace
	for _, opts := range each {
		t, err := recorder.Record(ctx, opts)
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, errors.New("interrupted")
		}
		traces = append(traces, t)
	}
	return traces, nil
}
