package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// restless is how long the lab's memory may keep changing before it counts as
// at rest anyway, and settle how long it must not.
const (
	restless = 20 * time.Second
	settle   = 2 * time.Second
)

// BenchmarkRest is the resident memory of "ssprlab up", the command as it is
// shipped, in a process of its own: a whole lab with the people of the house,
// synchronised and with writeback, and nobody acting. "rss-MiB" is at rest,
// "peak-MiB" the most it ever had.
func BenchmarkRest(b *testing.B) {
	command := build(b)
	var rest, peak float64
	for b.Loop() {
		r, p := up(b, command)
		rest, peak = max(rest, r), max(peak, p)
	}
	b.ReportMetric(rest, "rss-MiB")
	b.ReportMetric(peak, "peak-MiB")
}

func build(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "ssprlab")
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "../../cmd/ssprlab")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("build the command: %v\n%s", err, out)
	}
	return path
}

// up starts the lab, waits until it is at rest, and stops it.
func up(b *testing.B, command string) (rest, peak float64) {
	b.Helper()
	c := exec.Command(command, "up", "--port", "0", "--json")
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		c.Process.Signal(os.Interrupt)
		io.Copy(io.Discard, out)
		if err := c.Wait(); err != nil {
			b.Errorf("ssprlab up: %v", err)
		}
	}()
	var announced struct{ People []struct{ Name string } }
	if err := json.NewDecoder(out).Decode(&announced); err != nil || len(announced.People) == 0 {
		b.Fatalf("ssprlab up announced %d people: %v", len(announced.People), err)
	}
	return awaitRest(b, c.Process.Pid)
}

// awaitRest returns resident memory and its peak, in MiB, once the first has
// stayed within 1 % for a while.
func awaitRest(b *testing.B, pid int) (rest, peak float64) {
	b.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(restless)
	since := time.Now()
	for {
		now, most := memory(b, pid)
		if now < 0.99*rest || now > 1.01*rest {
			rest, since = now, time.Now()
		}
		peak = most
		if time.Since(since) >= settle {
			return rest, peak
		}
		select {
		case <-tick.C:
		case <-deadline:
			return rest, peak
		}
	}
}

// memory reads resident memory and its peak, in MiB.
func memory(b *testing.B, pid int) (now, peak float64) {
	b.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now = kib / 1024
		case "VmHWM":
			peak = kib / 1024
		}
	}
	return now, peak
}
