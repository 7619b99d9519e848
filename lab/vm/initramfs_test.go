package vm

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestPack(t *testing.T) {
	dir := realTempDir(t)
	t.Chdir(dir)
	lab := fakeModule("a static program, as far as anyone can see")
	for name, text := range map[string]string{"lab": string(lab), "in.txt": "input", "hosts": "", "veth.ko": "", "ring.ko": ""} {
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	j := Job{Args: []string{"count", "udp_*"}, Env: []string{"PATH=/x"}, Inputs: []string{"in.txt"}, Outputs: []string{"out.txt"}}
	o, err := j.order()
	if err != nil {
		t.Fatal(err)
	}
	f, err := pack("lab", Kernel{Modules: []string{dir + "/ring.ko", dir + "/veth.ko"}}, j, o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var data bytes.Buffer
	if _, err := f.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := data.ReadFrom(f); err != nil {
		t.Fatal(err)
	}
	members := map[string]member{}
	for _, m := range unpack(t, data.Bytes()) {
		members["/"+m.Name] = m
	}
	if m := members[labPath]; m.Content != string(lab) || m.Mode != unix.S_IFREG|0o755 {
		t.Errorf("the lab is %o, %d bytes", m.Mode, len(m.Content))
	}
	if m := members["/init"]; m.Content != labPath || m.Mode&unix.S_IFMT != unix.S_IFLNK {
		t.Errorf("/init is %o %q", m.Mode, m.Content)
	}
	if m := members[dir+"/in.txt"]; m.Content != "input" {
		t.Errorf("the input is %q", m.Content)
	}
	for _, name := range []string{"/dev/console", "/dev/null", "/etc/hosts", "/etc/passwd", loadDir + "/ring.ko", loadDir + "/veth.ko"} {
		if _, ok := members[name]; !ok {
			t.Errorf("no %s", name)
		}
	}
	var got order
	if err := json.Unmarshal([]byte(members[orderPath].Content), &got); err != nil {
		t.Fatal(err)
	}
	want := order{
		Path: labPath, Args: []string{"lab", "count", "udp_*"}, Env: []string{"PATH=/x", "HOME=/root", "DIALPATH_GUEST=1"},
		Dir: dir, Outputs: []string{dir + "/out.txt"}, Modules: []string{"ring.ko", "veth.ko"},
		Dirs: []string{"/root"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestOrder(t *testing.T) {
	dir := realTempDir(t)
	t.Chdir(dir)
	o, err := Job{Program: "./prog", Dir: "sub", Stdin: os.Stdin}.order()
	if err != nil {
		t.Fatal(err)
	}
	if o.Path != dir+"/prog" || !slices.Equal(o.Args, []string{"./prog"}) || o.Dir != dir+"/sub" || !o.Stdin {
		t.Errorf("order %+v", o)
	}
	for _, c := range []struct {
		job  Job
		want string
	}{
		{Job{Outputs: []string{"none/x"}}, "bring none/x back: stat " + dir + "/none: no such file or directory"},
		{Job{Outputs: []string{"/dev/null"}}, "carry /dev/null: the guest has its own /dev: name a regular file elsewhere"},
		{Job{Outputs: []string{"/proc/self/x"}}, "carry /proc/self/x: the guest has its own /proc: name a regular file elsewhere"},
	} {
		if _, err := c.job.order(); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if _, err := inside("/process/x"); err != nil {
		t.Errorf("/process is not /proc: %v", err)
	}
}
