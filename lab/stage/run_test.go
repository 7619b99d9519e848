package stage

import (
	"context"
	"testing"
	"time"
)

// run stages a target, and has it run to its end, without any probes.
func run(ctx context.Context, target Target) (Outcome, error) {
	staged, err := target.Stage()
	if err != nil {
		return Outcome{}, err
	}
	defer staged.Close()
	err = staged.Run(ctx)
	return staged.Outcome(), err
}

// do runs a target that does not fail.
func do(t *testing.T, target Target) Outcome {
	t.Helper()
	outcome, err := run(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// eventually waits for what the kernel does in its own time.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(time.Minute); !done(); {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
