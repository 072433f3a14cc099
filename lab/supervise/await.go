package supervise

import (
	"context"
	"fmt"
	"time"
)

// Bounds of waits, in real time.
const (
	startPatience     = 20 * time.Second // a started server answers a bind; a moved clock is seen
	stopPatience      = 10 * time.Second // a killed server is gone
	provisionPatience = time.Minute      // another domain is provisioned
)

// pause is between two questions to a server that cannot say by itself that
// something has come true.
const pause = 5 * time.Millisecond

// await asks until the answer is yes, the server has ended or ctx is over. An
// error is final; why says what the last no was about.
func await(ctx context.Context, ended <-chan struct{}, ask func() (yes bool, why, err error)) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		yes, why, err := ask()
		if yes || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ended:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("%w; at last: %w", ctx.Err(), why)
		}
	}
}
