package entra

import "context"

// noAgent is the agent of a tenant that has none.
type noAgent struct{}

func (noAgent) State() AgentState { return AgentState{} }

func (noAgent) Do(context.Context, Operation) (Outcome, error) { return Outcome{}, ErrUnreachable }
