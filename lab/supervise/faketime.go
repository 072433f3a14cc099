package supervise

import (
	"fmt"
	"os"
	"time"
)

// fakeTime is the environment in which a server reads its clock from a file.
//
// The file is read at every call. With libfaketime's cache a moved clock is
// seen up to two seconds late, because it counts whole seconds and waits for
// more than its duration: whoever came in between still met a lockout that was
// over. Monotonic clocks and the dates of files stay real.
func (l Layout) fakeTime() []string {
	file := "FAKETIME_TIMESTAMP_FILE=" + l.Clock
	if l.Library == "" {
		return []string{file}
	}
	return []string{"LD_PRELOAD=" + l.Library, file,
		"FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1"}
}

// setClock writes how far ahead the server's clock is, in one stroke: who read
// the file while it was empty would see the machine's time.
func (l Layout) setClock(ahead time.Duration) error {
	next := l.Clock + ".next"
	if err := os.WriteFile(next, fmt.Appendf(nil, "%+.6f\n", ahead.Seconds()), 0o644); err != nil {
		return fmt.Errorf("set the clock: %w", err)
	}
	if err := os.Rename(next, l.Clock); err != nil {
		return fmt.Errorf("set the clock: %w", err)
	}
	return nil
}
