package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dialpath/lab/record"
	"dialpath/lab/ring"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
	"dialpath/probes"
)

// measureEnv has this binary measure, in a guest, the lab that the value names.
const measureEnv = "DIALPATH_MEASURE"

// figures are what is measured in a guest.
type figures struct {
	Overhead  float64 // of lab count, seconds from start to exit less its window
	Memory    float64 // of lab count, MB at its peak
	Functions int     // tcp_* and udp_*
	Attach    float64 // to all of these, seconds
	Detach    float64
}

// BenchmarkCount counts tcp_* in the guest.
func BenchmarkCount(b *testing.B) {
	ring.Guest(b)
	lab := filepath.Join(ring.Build(b), "lab")
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	var sum figures
	for b.Loop() {
		var out, complaints bytes.Buffer
		// The guest's own lab is measured, as lab vm runs it.
		status, err := vm.Guest{Binary: lab}.Run(b.Context(), vm.Job{
			Program: self, Env: []string{measureEnv + "=lab"}, Stdout: &out, Stderr: &complaints,
		})
		if err != nil || status != 0 {
			b.Fatalf("status %d, %v\n%s", status, err, complaints.String())
		}
		var f figures
		if err := json.Unmarshal(out.Bytes(), &f); err != nil {
			b.Fatal(err)
		}
		sum.Overhead += f.Overhead
		sum.Memory += f.Memory
		sum.Attach += f.Attach
		sum.Detach += f.Detach
		sum.Functions = f.Functions
	}
	n := float64(b.N)
	b.ReportMetric(sum.Overhead/n, "s/count-less-window")
	b.ReportMetric(sum.Memory/n, "MB-peak")
	b.ReportMetric(float64(sum.Functions), "functions")
	b.ReportMetric(sum.Attach/n, "s/attach")
	b.ReportMetric(sum.Detach/n, "s/detach")
	b.ReportMetric(0, "ns/op") // says nothing here
}

// BenchmarkTour is what make lab does in a built tree where it takes the guest.
func BenchmarkTour(b *testing.B) {
	ring.Guest(b)
	lab := filepath.Join(ring.Build(b), "lab")
	up := regexp.MustCompile(`the guest was up after ([0-9.]+) s`)
	var boot, tour float64
	for b.Loop() {
		began := time.Now()
		var news strings.Builder
		cmd := exec.CommandContext(b.Context(), lab, "vm", "--", "tour")
		cmd.Stderr = &news
		if err := cmd.Run(); err != nil {
			b.Fatalf("%v\n%s", err, news.String())
		}
		tour += time.Since(began).Seconds()
		match := up.FindStringSubmatch(news.String())
		if match == nil {
			b.Fatalf("when was the guest up? %s", news.String())
		}
		seconds, _ := strconv.ParseFloat(match[1], 64)
		boot += seconds
	}
	n := float64(b.N)
	b.ReportMetric(boot/n, "s/boot")
	b.ReportMetric(tour/n, "s/tour")
	b.ReportMetric(0, "ns/op")
}

// measureThere prints figures about the lab, and ends the process.
func measureThere(lab string) {
	f, err := measure(lab)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func measure(lab string) (f figures, err error) {
	cmd := exec.Command(lab, "count", "tcp_*", "-w", "dial-tcp", "--json")
	cmd.Stderr = os.Stderr
	began := time.Now()
	out, err := cmd.Output()
	wall := time.Since(began)
	if err != nil {
		return f, err
	}
	counted, err := trace.Read(bytes.NewReader(out))
	if err != nil {
		return f, err
	}
	f.Overhead = (wall - counted[0].Window.Length()).Seconds()
	f.Memory = float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024

	recorder, err := record.Open(probes.Options{Functions: []string{"tcp_*", "udp_*"}, Strict: true})
	if err != nil {
		return f, err
	}
	w, err := lookUp("dialudp")
	if err != nil {
		return f, err
	}
	t, err := recorder.Record(context.Background(), record.Options{Target: stage.Target{Workload: &w[0]}})
	if err != nil {
		return f, err
	}
	f.Functions, f.Attach = t.Honesty.Attached, t.Honesty.Attach.Seconds()
	began = time.Now()
	err = recorder.Close()
	f.Detach = time.Since(began).Seconds()
	return f, err
}
