package entra

import (
	"context"
	"errors"
)

// Agent is the on-premises Connect agent as the tenant sees it: through the
// relay that the agent has dialled out to.
type Agent interface {
	// State tells what the tenant knows of the agent.
	State() AgentState
	// Do sends one operation and waits for the verdict (R-WB-02). It returns
	// [ErrUnreachable] when no agent listens or none answers in time; the
	// operation is then dropped and never applied later (R-RST-54).
	Do(context.Context, Operation) (Outcome, error)
}

// ErrUnreachable says that the on-premises service cannot be reached.
var ErrUnreachable = errors.New("the on-premises service cannot be reached")

// AgentState is what the On-premises integration page tells (R-WB-45..49, R-WB-52, R-WB-53).
type AgentState struct {
	Installed  bool // an agent has synchronised with this tenant
	Configured bool // password writeback was enabled in its wizard
	Connected  bool // it listens on the relay and its heartbeat is fresh
	Version    string
}

// Kind is what an operation asks for.
type Kind string

// The operations of R-WB-13..23, and the validation of a password at sign-in.
const (
	OpReset      Kind = "reset"      // self-service, always unlocks (R-POL-75)
	OpChange     Kind = "change"     // with the old password (R-CHG-09)
	OpUnlock     Kind = "unlock"     // lock state only (R-RST-86)
	OpAdminReset Kind = "adminReset" // by an administrator (R-CHG-22)
	OpValidate   Kind = "validate"   // is this the user's password?
)

// Operation is one request to the agent. Passwords leave the tenant encrypted
// for the agent's key (R-WB-06).
type Operation struct {
	Kind         Kind
	TrackingID   string // GUID, in every event of the operation (R-WB-44)
	CloudAnchor  string // "User_<guid>" (R-AAC-26)
	SourceAnchor string // base64
	UPN          string
	Password     string // the new one, or the one to validate
	OldPassword  string // of a change
	MustChange   bool   // of an admin reset
}

// Result is how an operation ended on-premises.
type Result string

// The results, each with the agent's event that reports it (R-WB-66..74).
const (
	Done             Result = "done"
	PolicyRefused    Result = "policyRefused"    // 33008
	WrongPassword    Result = "wrongPassword"    // 33007
	LockedOut        Result = "lockedOut"        // 33006
	AccountDisabled  Result = "accountDisabled"  // 33005
	NoPermission     Result = "noPermission"     // 33004
	SeveralUsers     Result = "severalUsers"     // 33003
	UserNotFound     Result = "userNotFound"     // 33002
	UnknownFailure   Result = "unknownFailure"   // 33001
	WrongConfig      Result = "wrongConfig"      // 33009
	PasswordExpired  Result = "passwordExpired"  // validate only
	MustChangeFirst  Result = "mustChangeFirst"  // validate only
	AccountExpired   Result = "accountExpired"   // validate only
	CannotDecrypt    Result = "cannotDecrypt"    // 32004
	AgentUnavailable Result = "agentUnavailable" // the agent cannot reach its directory
)

// Outcome is the agent's answer.
type Outcome struct {
	Result Result
	Event  int    // of the agent's log, 31xxx or 33xxx
	Detail string // for the log, never for the person
}
