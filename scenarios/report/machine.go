package report

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// A Machine is what a run ran on. It has no name: reports are passed around.
type Machine struct {
	// OS and Arch are Go's names: linux, amd64.
	OS, Arch string
	// CPU is the model of the processor, empty if unknown.
	CPU string
	// Cores is the number of processors the process may use.
	Cores int
	// Go is the version of the toolchain.
	Go string
	// Browser is the name and version of the browser, empty without one.
	Browser string
}

// ThisMachine describes the machine it is called on, all but the browser.
func ThisMachine() Machine {
	m := Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version()}
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		m.CPU = processor(f)
		_ = f.Close() // it was only read
	}
	return m
}

// processor reads the first model name from Linux' list of processors.
func processor(list io.Reader) string {
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// String is the machine on one line.
func (m Machine) String() string {
	var parts []string
	if m.OS != "" {
		parts = append(parts, m.OS+"/"+m.Arch)
	}
	if m.Cores > 0 {
		cores := fmt.Sprintf("%d × %s", m.Cores, m.CPU)
		if m.CPU == "" {
			cores = fmt.Sprintf("%d cores", m.Cores)
		}
		parts = append(parts, cores)
	}
	for _, part := range []string{m.Go, m.Browser} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
