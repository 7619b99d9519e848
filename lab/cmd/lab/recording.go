package main

import (
	"errors"

	"github.com/spf13/cobra"

	"dialpath/lab/trace"
)

// run records what the flags say, or takes a recording, and shows it.
func (s *source) run(cmd *cobra.Command, w wanted, command []string, as aspect) error {
	if err := s.check(cmd, w.asked(), command); err != nil {
		return err
	}
	if err := s.checkOutput(cmd); err != nil {
		return err
	}
	if s.replay != "" {
		t, err := parseReference(s.replay).one()
		if err != nil {
			return err
		}
		s.recorded = true
		return s.showSaved(t, as)
	}
	return s.record(cmd, w, command, func(t *trace.Trace) error {
		// A trace that cannot be saved is shown all the same.
		return errors.Join(s.keep(t), s.show(t, as))
	})
}
