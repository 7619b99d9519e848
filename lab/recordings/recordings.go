// Package recordings holds what the lab saw its own workloads do, on kernels old and
// new, so that all that is not recording works on any machine where Go runs. Make
// recordings makes them anew.
package recordings

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

//go:embed *.json.gz
var files embed.FS

const suffix = ".json.gz"

// Kernels returns the series of the kernels of which there are recordings, as "6.12", the
// oldest first.
func Kernels() []string {
	entries, _ := files.ReadDir(".") // cannot fail: it is in the program
	var all []string
	for _, e := range entries {
		all = append(all, strings.TrimSuffix(e.Name(), suffix))
	}
	slices.SortFunc(all, kernel.CompareSeries)
	return all
}

// Newest is the newest of [Kernels].
func Newest() string {
	all := Kernels()
	return all[len(all)-1]
}

// Load returns the recordings of all workloads on a kernel of that series.
func Load(series string) ([]*trace.Trace, error) {
	file, err := files.Open(series + suffix)
	if err != nil {
		return nil, fmt.Errorf("there are no recordings of a kernel %s, but of %s", series, strings.Join(Kernels(), ", "))
	}
	defer file.Close()
	return trace.Read(file)
}
