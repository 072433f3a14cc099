package script_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab/seed"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// rubbish repeats s up to n bytes.
func rubbish(s string, n int) []byte { return bytes.Repeat([]byte(s), n/len(s)) }

// laughs is a file of aliases that would expand to 10^9 words.
func laughs() []byte {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	return []byte(b.String())
}

// TestRubbishIsRefusedAtOnce: within a second and 100 MB, whatever the file.
func TestRubbishIsRefusedAtOnce(t *testing.T) {
	const mb = 1 << 20
	files := map[string][]byte{
		"10 MB of a scenario": rubbish("name: A\nsteps: [{after: 1 minute}]\n---\n", 10*mb),
		"10 MB of one line":   rubbish("x", 10*mb),
		"binary":              seed.New(7).Stream("script/rubbish").Bytes(mb),
		"binary text":         rubbish("\x00\x01", mb),
		"UTF-16":              rubbish("n\x00a\x00", mb),
		"a cycle of aliases":  []byte("a: &a [*a]\nb: &b {c: *b}\n"),
		"a cycle of merges":   []byte("a: &a\n  <<: *a\n"),
		"a million laughs":    laughs(),
		"open brackets":       rubbish("[", mb),
		"open braces":         rubbish("{a: ", mb),
		"dashes":              rubbish("- ", mb),
		"questions":           rubbish("? ", mb),
		"quotes":              rubbish("'", mb),
		"keys":                rubbish("a:\n", mb),
		"pairs":               rubbish("a: b\n", mb),
		"lists of keys":       rubbish("a:\n- b\n", mb),
		"short keys":          rubbish(strings.Repeat("a:\n", 4000)+"---\n", mb),
		"documents":           rubbish("a\n---\n", mb),
		"marks":               rubbish("---\n", mb),
		"blanks":              rubbish(" ", mb),
		"line ends":           rubbish("\r", mb),
		"comments":            rubbish("#\n", mb),
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			took := time.Hour
			for try := 0; try < 3 && took > time.Second; try++ { // the machine may be busy with others
				took = min(took, refuse(t, data))
			}
			if took > time.Second && !raceDetector {
				t.Errorf("took %s", took)
			}
		})
	}
}

// refuse parses rubbish, and returns the time that took.
func refuse(t *testing.T, data []byte) time.Duration {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	scenarios, problems := script.Parse("rubbish.yaml", data)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if len(scenarios) > 0 || len(problems) == 0 {
		t.Errorf("%d scenarios and %d problems", len(scenarios), len(problems))
	}
	// What the heap takes from the system bounds what was ever in use at once.
	if after.HeapSys > before.HeapSys+100<<20 {
		t.Errorf("the heap grew by %d MB", (after.HeapSys-before.HeapSys)>>20)
	}
	return took
}
