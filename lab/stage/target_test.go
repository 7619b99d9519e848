package stage

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestMistakes are found before anything is run.
func TestMistakes(t *testing.T) {
	t.Parallel()
	threads, err := filepath.Glob("/proc/self/task/*")
	if err != nil || len(threads) < 2 {
		t.Fatalf("threads %v, %v", threads, err)
	}
	thread, _ := strconv.Atoi(filepath.Base(threads[len(threads)-1]))
	dir := t.TempDir()
	write := func(name, text string, perm os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), perm); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := write("plain", "text", 0o644)
	const absent = 1 << 22 // one more than the largest number that a process can have
	for _, test := range []struct {
		target Target
		want   string
	}{
		{Target{PID: absent}, "trace process 4194304: there is no such process"},
		{Target{PID: thread}, "trace process " + strconv.Itoa(thread) + ": it is a thread: give its process's number"},
		{Target{Command: []string{"no-such-command"}}, "run no-such-command: there is no such command in PATH"},
		{Target{Command: []string{dir + "/none"}}, "run " + dir + "/none: there is no such file"},
		{Target{Command: []string{plain}}, "run " + plain + ": it is not executable"},
		{Target{Command: []string{dir}}, "run " + dir + ": is a directory"},
	} {
		if err := test.target.Check(); err == nil || err.Error() != test.want {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
}
