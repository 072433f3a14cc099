package run

import (
	"context"
	"fmt"
	"time"
)

// outlast waits until the directory's clock shows a later second than that in
// which the last of the people's passwords was set.
func (w *world) outlast(ctx context.Context) error {
	var last time.Time
	for _, a := range w.people() {
		if account, err := w.account(ctx, a); err == nil && account.PasswordSet.After(last) {
			last = account.PasswordSet
		}
	}
	again := time.NewTicker(clockPause)
	defer again.Stop()
	for {
		now, err := w.directory.Time(ctx)
		if err != nil || now.Sub(last) >= time.Second {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for the directory's clock, which shows %s, to pass %s: %w", now, last, context.Cause(ctx))
		}
	}
}

// clockPause is between two questions to a directory for its clock, in real
// time.
const clockPause = 50 * time.Millisecond
