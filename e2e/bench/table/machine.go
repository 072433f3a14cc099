package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/browser"
)

// machine describes where and when the figures were taken. What cannot be found
// out is left out.
func machine(cpu string) []string {
	lines := []string{fmt.Sprintf("%s, %d processors%s", cpu, runtime.NumCPU(), memory())}
	if name := system(); name != "" {
		lines = append(lines, name)
	}
	tools := []string{runtime.Version()}
	for _, command := range [][]string{{"/usr/sbin/slapd", "-VV"}, chrome()} {
		if v := firstLine(command); v != "" {
			tools = append(tools, v)
		}
	}
	lines = append(lines, strings.Join(tools, ", "))
	when := today()
	if load := load(); load != "" {
		when += ", with a load average of " + load + " as the run ended (the run's own is about 2)"
	}
	return append(lines, when)
}

// today reads the machine's clock: a report of a measurement carries its date.
func today() string { return time.Now().Format("2 January 2006") }

func chrome() []string {
	path, err := browser.Find()
	if err != nil {
		return nil
	}
	return []string{path, "--version"}
}

// firstLine runs a command that tells its version.
func firstLine(command []string) string {
	if len(command) == 0 {
		return ""
	}
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if len(out) == 0 {
		_ = err // not installed: its row says so
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	line = strings.TrimPrefix(strings.TrimSpace(line), "@(#) $")
	line, _, _ = strings.Cut(line, " (")
	return strings.TrimSpace(line)
}

func memory() string {
	kib := field("/proc/meminfo", "MemTotal:")
	var n float64
	if _, err := fmt.Sscan(kib, &n); err != nil {
		return ""
	}
	return fmt.Sprintf(", %.0f GiB of memory", n/(1<<20))
}

func system() string {
	name := strings.Trim(strings.TrimPrefix(field("/etc/os-release", "PRETTY_NAME="), "PRETTY_NAME="), `"`)
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	if release := strings.TrimSpace(string(kernel)); release != "" {
		return strings.TrimPrefix(name+", Linux "+release, ", ")
	}
	return name
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

// field returns what follows a prefix on the line of a file that begins with it.
func field(path, prefix string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}
