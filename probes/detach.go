package probes

import (
	"errors"
	"sync"

	"github.com/cilium/ebpf/link"
	"golang.org/x/sync/errgroup"
)

// closeAll detaches, some links at a time.
func closeAll(links []link.Link, progress Progress) error {
	errs := make([]error, len(links))
	count := counter(progress, "detaching probes", len(links))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, l := range links {
		group.Go(func() error {
			errs[i] = l.Close()
			count()
			return nil
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// counter returns a function that tells progress of one more step done. It may be
// called from many goroutines.
func counter(progress Progress, doing string, total int) func() {
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		progress(doing, done, total)
	}
}
