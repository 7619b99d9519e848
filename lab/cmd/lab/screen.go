package main

import (
	"slices"

	"dialpath/lab/exercise"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workshop"
)

// A screen shows a learner the workshop.
type screen struct {
	environment
	folder workshop.Folder
	whole  bool // stacks are to be shown whole
	json   bool // results are to be JSON
}

// style is how text is to look.
func (s *screen) style() view.Style {
	style := s.environment.style()
	if !slices.Contains([]string{usualFolder, ".", ".."}, s.folder.Dir) {
		style.Flags = "--dir " + s.folder.Dir
	}
	return style
}

// Brief shows what is to be done, and where.
func (s *screen) Brief(e exercise.Exercise, path string) error {
	return view.Brief(s.stdout, e, path, s.style())
}

// Hints shows the first hints.
func (s *screen) Hints(e exercise.Exercise, n int) error {
	return view.Advice(s.stdout, e, n, s.style())
}

// List shows all exercises.
func (s *screen) List(progress workshop.Progress) error {
	return view.Exercises(s.stdout, progress, s.style())
}

// Result shows what became of a run.
func (s *screen) Result(e exercise.Exercise, result exercise.Result) error {
	if s.json {
		return view.JSON(s.stdout, result)
	}
	style := s.style()
	if !s.whole {
		style.Stacks = "--stack"
	}
	return view.Graded(s.stdout, e, result, s.folder.Source(e), style)
}

// Call is how the learner calls a verb of the workshop.
func (s *screen) Call(verb string) string { return s.style().Verb(verb) }

// Say shows a line of news.
func (s *screen) Say(format string, args ...any) { s.say(format, args...) }

// Unwatched shows which functions have no probe.
func (s *screen) Unwatched(failed []trace.Failure) { s.sayUnwatched(failed) }
