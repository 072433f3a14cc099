package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// figures are what benchmarks reported: by the benchmark's name without
// "Benchmark" and the number of processors, then by unit, a value for each time
// it ran.
type figures map[string]map[string][]float64

// output is what "go test -bench" printed.
type output struct {
	figures figures
	cpu     string
	skipped []string // lines that say why something was not measured
	failed  bool
}

// readOutput reads what "go test -bench" prints, and copies it to echo.
func readOutput(r io.Reader, echo io.Writer) (output, error) {
	out := output{figures: figures{}}
	lines := bufio.NewScanner(r)
	skipping := false
	for lines.Scan() {
		line := lines.Text()
		fmt.Fprintln(echo, line)
		switch {
		case strings.HasPrefix(line, "Benchmark"):
			out.figures.add(line)
		case strings.HasPrefix(line, "cpu: "):
			out.cpu = strings.TrimPrefix(line, "cpu: ")
		case strings.HasPrefix(strings.TrimSpace(line), "--- SKIP"):
			skipping = true
			continue
		case skipping:
			out.skipped = append(out.skipped, strings.TrimSpace(line))
		case strings.HasPrefix(line, "FAIL"), strings.HasPrefix(strings.TrimSpace(line), "--- FAIL"):
			out.failed = true
		}
		skipping = false
	}
	return out, lines.Err()
}

// add reads a line of results: name, iterations, then value and unit in pairs.
func (f figures) add(line string) {
	fields := strings.Fields(line)
	if len(fields) < 4 || len(fields)%2 != 0 {
		return
	}
	name := strings.TrimPrefix(fields[0], "Benchmark")
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		name = name[:i]
	}
	for i := 2; i < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			continue
		}
		if f[name] == nil {
			f[name] = map[string][]float64{}
		}
		f[name][fields[i+1]] = append(f[name][fields[i+1]], v)
	}
}

// median is the middle of what a benchmark reported under a unit.
func (f figures) median(benchmark, unit string) (float64, bool) {
	values := slices.Sorted(slices.Values(f[benchmark][unit]))
	if len(values) == 0 {
		return 0, false
	}
	return values[len(values)/2], true
}
