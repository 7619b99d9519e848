package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dialpath/lab/ring"
	"dialpath/lab/trace"
)

// testRecord records all that can be seen, and looks at it by every verb.
func testRecord(t *testing.T, series string) {
	file := filepath.Join(t.TempDir(), "mine.json.gz")
	if single(series) && !ring.More() {
		testRecordPackets(t, file)
		return
	}
	if text := said(t, "record", "--save", file, "dialudp", "echo-udp"); !regexp.MustCompile(`(?m)^dialudp +\d+ +\d+ +0 +\d+`).MatchString(text) {
		t.Errorf("it says\n%s", text)
	}
	dial, echo := file+":dialudp", file+":echo-udp"
	recorded := asJSON[trace.Trace](t, "timeline", "-r", dial)
	same(t, "UDP connects", entered(t, recorded)["client "+udpConnect(series)], 1)
	testWholeTimeline(t, series, said(t, "timeline", "-r", dial, "--all"))
	for verb, want := range map[string]string{
		"count": "\nudp_sendmsg ", "stack": " net.(*netFD).Write ", "packets": " [UDP] IN= OUT=veth0 SRC=10.0.0.1 ", "timeline": " udp_sendmsg\n",
	} {
		if text := said(t, verb, "-r", echo); !strings.Contains(text, want) {
			t.Errorf("lab %s of it does not have %q:\n%s", verb, want, text)
		}
	}
	if text := said(t, "compare", dial, echo, "--diff"); !strings.Contains(text, "\nudp_sendmsg ") {
		t.Errorf("compared they do not differ by udp_sendmsg:\n%s", text)
	}
	if text := said(t, "tour", "6", "-r", file); !strings.Contains(text, udpConnect(series)+" ran inside connect(2)\n") {
		t.Errorf("a tour of it says\n%s", text)
	}
}

// testRecordPackets does so with what tracepoints see.
func testRecordPackets(t *testing.T, file string) {
	if text := said(t, "record", "-k", "tracepoint", "--save", file, "dialudp", "echo-udp"); !regexp.MustCompile(`(?m)^echo-udp +\d+ +\d+ +[1-9]\d* +\d+`).MatchString(text) {
		t.Errorf("it says\n%s", text)
	}
	if text := said(t, "packets", "-r", file+":echo-udp"); strings.Count(text, " [UDP] IN= OUT=veth0 SRC=10.0.0.1 ") != 1 {
		t.Errorf("not one packet of the client's is in\n%s", text)
	}
}

// testProcess traces a running server by its number, by every verb that does.
func testProcess(t *testing.T) {
	for _, verb := range [][]string{{"count", "udp_sendmsg"}, {"stack", "udp_sendmsg"}, {"timeline"}} {
		t.Run(verb[0], func(t *testing.T) {
			server := serve(t, "udp")
			args := append(verb, "-p", server.pid(), "-d", "5m", "--json")
			status, stdout, stderr := attached(t, server, args)
			if status != statusDone {
				t.Fatalf("status %d: %s", status, stderr)
			}
			all, err := trace.Read(strings.NewReader(stdout))
			if err != nil {
				t.Fatal(err)
			}
			if n := all[0].Count("udp_sendmsg", trace.Tracee); n != asked {
				t.Errorf("%d answers, want %d", n, asked)
			}
		})
	}
	t.Run("packets", func(t *testing.T) {
		server := serve(t, "udp")
		status, stdout, stderr := attached(t, server, []string{"packets", "-p", server.pid(), "-d", "5m"})
		if n := strings.Count(stdout, "[UDP] IN= OUT=lo "); status != statusDone || n < asked {
			t.Errorf("status %d, %s, %d packets left, want %d and more:\n%s", status, stderr, n, asked, stdout)
		}
	})
	failed(t, statusFailed, "lab: trace process 4194304: there is no such process\n", "packets", "-p", "4194304")
}

func testWatch(t *testing.T) {
	server := serve(t, "udp")
	status, stdout, stderr := attached(t, server, []string{"watch", "-p", server.pid(), "udp_*"})
	news := slices.DeleteFunc(strings.Split(strings.TrimSpace(stderr), "\n"), isProgress)
	if want := fmt.Sprintf("Process %s has ended.", server.pid()); status != statusDone || news[len(news)-1] != want {
		t.Errorf("status %d, its last news are %q; want %q", status, news, want)
	}
	sent := 0
	for _, m := range regexp.MustCompile(`(?m) udp_sendmsg ×(\d+)$`).FindAllStringSubmatch(stdout, -1) {
		n, _ := strconv.Atoi(m[1])
		sent += n
	}
	// On a busy machine the questions may come so slowly that they are several bursts: what
	// falls between two of them is not seen.
	if sent < 1 || sent > asked {
		t.Errorf("%d answers, want %d, or some of them:\n%s", sent, asked, stdout)
	}
	failed(t, statusFailed, "lab: no traceable kernel function matches \"zzz*\": names are like udp_sendmsg, globs like 'udp_*'\n",
		"watch", "-p", "1", "-d", "1s", "zzz*")
}
