package hostile_test

import (
	"context"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// slowAgent answers a reset when the test lets it.
type slowAgent struct {
	*agent
	asked, resume chan struct{}
}

func (a *slowAgent) Do(ctx context.Context, op entra.Operation) (entra.Outcome, error) {
	if op.Kind == entra.OpReset {
		close(a.asked)
		<-a.resume
	}
	return a.agent.Do(ctx, op)
}
