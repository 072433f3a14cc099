package run

import (
	"os"
	"runtime/debug"
)

// gcPercent lets the heap grow to five times what lives before it is collected.
const gcPercent = 400

// CollectSeldom trades memory for time, for a command that does nothing but run
// scenarios: a journey leaves about a megabyte of garbage, little of a run lives
// long, and with Go's default a tenth of its processor time collects. It holds
// for the whole process; where GOGC is set it does nothing.
func CollectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
