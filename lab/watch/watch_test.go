package watch

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dialpath/lab/trace"
)

// A kernel in which hits happen when the test says so. Its traces carry the hits of their
// window as calls.
type kernel struct {
	hits    uint64
	open    bool
	windows int
	fail    map[string]error
}

func (k *kernel) Begin() error {
	if k.open {
		return errors.New("a window is open already")
	}
	k.open, k.hits, k.windows = true, 0, k.windows+1
	return k.fail["begin"]
}

func (k *kernel) Hits() (uint64, error) {
	if !k.open {
		return 0, errors.New("no window is open")
	}
	return k.hits, k.fail["hits"]
}

func (k *kernel) End() (*trace.Trace, error) {
	if !k.open {
		return nil, errors.New("no window is open")
	}
	k.open = false
	return &trace.Trace{Honesty: trace.Honesty{Calls: k.hits}}, k.fail["end"]
}

// shown is a burst as it was shown.
type shown struct {
	noticed, at time.Duration // since the beginning
	hits        uint64
}

// script runs a watch while the test's own part goes on, in a time that passes only where
// all wait. It returns what was shown.
func script(t *testing.T, k *kernel, part func(end func())) (bursts []shown) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		start, over := time.Now(), false
		if err := k.Begin(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			done <- Run(ctx, k, func() bool { return over }, func(noticed time.Time, seen *trace.Trace) error {
				bursts = append(bursts, shown{noticed.Sub(start), time.Since(start), seen.Honesty.Calls})
				return nil
			})
		}()
		time.Sleep(time.Millisecond) // from here on never at the very moment of a look
		part(func() { over = true })
		if !over {
			cancel()
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
	return bursts
}

// Hits with less than the pause between them are one burst; it is shown after the pause.
func TestBursts(t *testing.T) {
	k := new(kernel)
	got := script(t, k, func(func()) {
		time.Sleep(100 * time.Millisecond)
		k.hits += 3
		time.Sleep(150 * time.Millisecond)
		k.hits += 4
		time.Sleep(400 * time.Millisecond)
		k.hits++
		time.Sleep(time.Second)
	})
	want := []shown{
		{150 * time.Millisecond, 500 * time.Millisecond, 7},
		{700 * time.Millisecond, 900 * time.Millisecond, 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if k.open || k.windows != 3 {
		t.Errorf("%d windows, open %v: want 3, all closed", k.windows, k.open)
	}
}

// A burst that does not end is shown in parts.
func TestRestless(t *testing.T) {
	k := new(kernel)
	got := script(t, k, func(func()) {
		for range 50 {
			k.hits++
			time.Sleep(100 * time.Millisecond)
		}
	})
	var sum uint64
	for _, b := range got {
		sum += b.hits
		if b.at-b.noticed > longest {
			t.Errorf("shown after %v, want at most %v", b.at-b.noticed, longest)
		}
	}
	if len(got) != 3 || sum != 50 {
		t.Errorf("%d bursts with %d hits, want 3 with 50: %v", len(got), sum, got)
	}
}

// What was not shown yet when the end comes is shown then; of nothing, nothing is.
func TestEnd(t *testing.T) {
	for _, test := range []struct {
		name string
		hits uint64
		want []shown
	}{
		{"quiet", 0, nil},
		{"busy", 2, []shown{{50 * time.Millisecond, 50 * time.Millisecond, 2}}},
	} {
		t.Run(test.name+" process", func(t *testing.T) {
			k := new(kernel)
			got := script(t, k, func(end func()) { k.hits = test.hits; end() })
			if !slices.Equal(got, test.want) || k.open {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
		t.Run(test.name+" interrupt", func(t *testing.T) {
			k := new(kernel)
			got := script(t, k, func(func()) { k.hits = test.hits })
			if len(got) != len(test.want) || len(got) > 0 && got[0].hits != test.hits || k.open {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Whatever fails ends the watch with that error.
func TestFailures(t *testing.T) {
	failure := errors.New("the kernel said no")
	for _, what := range []string{"begin", "hits", "end", "show"} {
		synctest.Test(t, func(t *testing.T) {
			k := &kernel{fail: map[string]error{what: failure}, open: true}
			err := Run(t.Context(), k, func() bool { k.hits = 1; return false }, func(time.Time, *trace.Trace) error { return k.fail["show"] })
			if !errors.Is(err, failure) {
				t.Errorf("%s: error %v", what, err)
			}
		})
	}
}
