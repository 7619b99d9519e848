package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"dialpath/lab/exercise"
	"dialpath/lab/version"
)

// ReportVersion is that of the file that learners give to their instructor.
const ReportVersion = 1

// A Report is one learner's workshop: what an instructor gets.
type Report struct {
	Version   int     `json:"version"`
	Learner   string  `json:"learner"`
	Go        string  `json:"go"`     // that builds the learner's programs
	Lab       string  `json:"lab"`    // its version
	LabGo     string  `json:"labGo"`  // that built the lab
	System    string  `json:"system"` // GOOS/GOARCH
	Exercises []Entry `json:"exercises"`
}

// An Entry is what the learner has done of one exercise.
type Entry struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
	Record
	Predicted exercise.Prediction `json:"predicted,omitempty"`
	Source    string              `json:"source,omitempty"` // of main.go, if the learner wants it to be shown
}

// Report puts together what the learner has done. The source is in it only if asked for.
func (f Folder) Report(learner string, source bool) (Report, error) {
	progress, err := f.Progress()
	if err != nil {
		return Report{}, err
	}
	if len(progress) == 0 {
		return Report{}, fmt.Errorf("export %s: nothing has been done there yet", f.Dir)
	}
	r := Report{
		Version: ReportVersion, Learner: learner,
		Go: goVersion(), Lab: version.Lab(), LabGo: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
	}
	for _, e := range exercise.All() {
		record, ok := progress[e.Name]
		if !ok {
			continue
		}
		entry := Entry{Number: e.Number, Name: e.Name, Record: record}
		entry.Predicted, _ = f.Predicted(e) // not yet is no failure
		if source {
			text, err := readFile(filepath.Join(f.Path(e), program))
			if err != nil {
				return Report{}, fmt.Errorf("export %s: %w", f.Dir, err)
			}
			entry.Source = string(text)
		}
		r.Exercises = append(r.Exercises, entry)
	}
	return r, nil
}

func goVersion() string {
	path, err := findGo(exercise.Go)
	if err != nil {
		return ""
	}
	return versionOf(path)
}

// Write writes a report to the named file, whole or not at all.
func (r Report) Write(name string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := write(name, append(data, '\n')); err != nil {
		return fmt.Errorf("export to %s: %w", name, err)
	}
	return nil
}

// maxReport is how long a report may be: the programs of all exercises are far from it.
const maxReport = 8 << 20

// ReadReport reads a report that a learner has written.
func ReadReport(name string) (Report, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Report{}, fmt.Errorf("read report: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxReport {
		return Report{}, fmt.Errorf("read report %s: it is no report of a workshop", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return Report{}, fmt.Errorf("read report: %w", err)
	}
	r, err := parseReport(data)
	if err != nil {
		return Report{}, fmt.Errorf("read report %s: %w", name, err)
	}
	return r, nil
}

func parseReport(data []byte) (Report, error) {
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return Report{}, fmt.Errorf("it is no report of a workshop: %w", err)
	}
	switch {
	case r.Version == 0:
		return Report{}, errors.New("it is no report of a workshop: it has no version")
	case r.Version != ReportVersion:
		return Report{}, fmt.Errorf("it has version %d, and this lab reads version %d", r.Version, ReportVersion)
	}
	if r.LabGo == "" && strings.HasPrefix(r.Lab, "go") { // older labs wrote that there
		r.Lab, r.LabGo = "", r.Lab
	}
	return r, nil
}
