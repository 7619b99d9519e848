package export

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/pprof/profile"

	"dialpath/lab/trace"
)

// TestPprof holds profiles against the stacks that they were made of: frame by frame,
// inlined ones within the location of the one that they are in.
func TestPprof(t *testing.T) {
	t.Parallel()
	for _, r := range ours(t) {
		p := parsed(t, r)
		if len(p.Sample) != len(r.Stacks) {
			t.Fatalf("%s: %d samples of %d stacks", name(r), len(p.Sample), len(r.Stacks))
		}
		for i, s := range p.Sample {
			stack := r.Stacks[i]
			if s.Value[0] != int64(stack.Count) {
				t.Errorf("%s: sample of %d calls, want %d", name(r), s.Value[0], stack.Count)
			}
			for label, want := range map[string]string{"role": string(stack.Role), "context": string(stack.Context), "comm": stack.Comm} {
				if got := s.Label[label]; len(got) != 1 || got[0] != want {
					t.Errorf("%s: label %s is %q, want %q", name(r), label, got, want)
				}
			}
			if diff := cmp.Diff(stack.Frames, frames(s), ignoreOffset); diff != "" {
				t.Errorf("%s: frames (-want +got):\n%s", name(r), diff)
			}
		}
	}
}

// parsed returns the profile of a trace as others read it.
func parsed(t *testing.T, r *trace.Trace) *profile.Profile {
	t.Helper()
	p, err := profile.ParseData(written(t, "pprof", r))
	if err != nil {
		t.Fatalf("%s: %v", name(r), err)
	}
	if err := p.CheckValid(); err != nil {
		t.Fatalf("%s: %v", name(r), err)
	}
	return p
}

// frames turns a sample into what it was made of.
func frames(s *profile.Sample) []trace.Frame {
	var all []trace.Frame
	for _, l := range s.Location {
		for i, line := range l.Line {
			f := trace.Frame{Name: line.Function.Name, Kind: trace.Kernel, Line: int(line.Line), Inlined: i < len(l.Line)-1}
			if l.Mapping.File == "[program]" {
				f.Kind, f.File = trace.User, line.Function.Filename
			}
			all = append(all, f)
		}
	}
	return all
}

var ignoreOffset = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Offset" }, cmp.Ignore())

// TestPprofProtocol says which protocol each stack of the recordings belongs to: that of
// the workload, since each speaks but one.
func TestPprofProtocol(t *testing.T) {
	t.Parallel()
	for _, r := range ours(t) {
		if r.Target.Workload == "resolve-tcp" { // it asks a DNS server, over UDP
			continue
		}
		want := "udp"
		if strings.HasSuffix(r.Target.Workload, "-tcp") {
			want = "tcp"
		}
		for i, s := range parsed(t, r).Sample {
			if got := s.Label["proto"]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is of protocol %q, want %s", name(r), r.Stacks[i].Function, got, want)
			}
		}
	}
}

func TestPprofHostile(t *testing.T) {
	t.Parallel()
	bad := hostile(t)
	bad.Stacks[0].Count = 1<<64 - 1
	bad.Stacks[0].Comm = "\xff"
	bad.Stacks[0].Frames[0].Inlined = true
	bad.Stacks[0].Frames[2].Inlined = true
	p := parsed(t, bad)
	if p.Sample[0].Value[0] <= 0 {
		t.Errorf("more calls than fit are %d", p.Sample[0].Value[0])
	}
	if got := len(p.Sample[0].Location); got != 2 {
		t.Errorf("%d locations of 3 frames, of which the first is inlined", got)
	}
}

// TestPprofTool runs go tool pprof on what is written.
func TestPprofTool(t *testing.T) {
	tcp, udp := profileFile(t, "dial-tcp"), profileFile(t, "dialudp")
	for _, c := range []struct {
		what string
		args []string
		want []string // each in this order
		not  string
	}{
		{"top", []string{"-top", tcp}, []string{
			"File: [program]", "Type: calls", "Total samples = 5",
			"5   100%   100%          5   100%  __tcp_transmit_skb",
			"0     0%   100%          1 20.00%  tcp_connect",
		}, "udp"},
		{"traces", []string{"-traces", udp}, []string{
			"role:  client", "proto:  udp", "context:  process", "1   ip4_datagram_connect", "__x64_sys_connect", "net.DialUDP", "runtime.goexit",
		}, "tcp_"},
		{"the inlined", []string{"-traces", "-tagfocus=role=client", tcp}, []string{"net.(*Dialer).DialContext", "net.(*Dialer).Dial (inline)", "net.Dial\n"}, "role:  server"},
		{"one end", []string{"-top", "-tagfocus=role=client", tcp}, []string{"Showing nodes accounting for 3, 60.00% of 5 total", "net.Dial\n"}, "echo.Server"},
		{"one protocol", []string{"-top", "-tagfocus=proto=udp", udp}, []string{"Showing nodes accounting for 2, 100% of 2 total", "ip4_datagram_connect"}, ""},
		{"a softirq", []string{"-top", "-tagfocus=context=TIMER", tcp}, []string{"Showing nodes accounting for 1, 20.00% of 5 total", "tcp_delack_timer"}, "net.Dial"},
		{"the difference", []string{"-top", "-diff_base", udp, tcp}, []string{
			"Showing nodes accounting for 3, 150.00% of 2 total",
			"5 250.00% 250.00%          5 250.00%  __tcp_transmit_skb",
			"-1 50.00%", "net.Dial\n", "-1 50.00%  net.DialUDP",
		}, ""},
		{"lines", []string{"-top", "-lines", "-focus=tcp_connect", tcp}, []string{"net.Dial /", "/net/dial.go:"}, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			out := goTool(t, c.args...)
			rest := out
			for _, want := range c.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("%q is not there, or not in its place:\n%s", want, out)
				}
				rest = after
			}
			if c.not != "" && strings.Contains(out, c.not) {
				t.Errorf("%q is in it:\n%s", c.not, out)
			}
		})
	}
}

// TestPprofPages has go tool pprof serve its pages, and reads them.
func TestPprofPages(t *testing.T) {
	t.Parallel()
	cmd := pprofCommand(t, "-http=localhost:", "-no_browser", "-diff_base", profileFile(t, "dialudp"), profileFile(t, "dial-tcp"))
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	said := bufio.NewReader(stderr)
	line, err := said.ReadString('\n')
	address := regexp.MustCompile(`http://localhost:\d+`).FindString(line)
	if err != nil || address == "" {
		rest, _ := io.ReadAll(said)
		t.Fatalf("pprof said %q, %v\n%s", line, err, rest)
	}
	for _, page := range []string{"/ui/top", "/ui/flamegraph"} {
		answer := get(t, address+page)
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s, %v", page, answer.Status, err)
		}
		for _, want := range []string{"__tcp_transmit_skb", "ip4_datagram_connect", "net.DialUDP"} {
			if !bytes.Contains(body, []byte(want)) {
				t.Errorf("%s: %s is not on it", page, want)
			}
		}
	}
}

// get asks until somebody listens: pprof says where it serves a moment before it does.
func get(t *testing.T, url string) *http.Response {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		answer, err := http.Get(url)
		if err == nil {
			return answer
		}
		if !errors.Is(err, syscall.ECONNREFUSED) || time.Now().After(deadline) {
			t.Fatal(err)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func profileFile(t *testing.T, workload string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), workload+".pb.gz")
	if err := os.WriteFile(file, written(t, "pprof", recorded(t, workload)), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// pprofCommand returns go tool pprof itself, not the go command, which would not pass on
// that it is to end.
func pprofCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.Command("go", "tool", "-n", "pprof").Output()
	if err != nil {
		t.Fatalf("where is go tool pprof? %v", err)
	}
	cmd := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), args...)
	cmd.Env = append(os.Environ(), "PPROF_TMPDIR="+t.TempDir(), "HOME="+t.TempDir())
	return cmd
}

func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := pprofCommand(t, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("go tool pprof %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
