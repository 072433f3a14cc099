package entra

import (
	"slices"
	"time"
)

// AuditEntry is one record of the directory audit log (R-AUD-58).
type AuditEntry struct {
	ID          string
	Time        time.Time
	Service     string // SSPRService, RegistrationService, CoreDirectory
	Category    string // UserManagement unless stated
	Activity    string
	Operation   string // Add, Update, …; may be empty
	Success     bool
	Reason      string // resultReason
	Correlation string
	Actor       Party
	Target      Party
	Changes     []Change
	Details     []Detail
}

// Party is who did it or to whom it was done.
type Party struct {
	ID, Name, UPN string
	Type          string // "User" by default, "Policy", "Group", "App"
	IP            string
}

// Change is one property with its value before and after. Secrets are never
// in it.
type Change struct{ Property, Old, New string }

// Detail is one additional detail.
type Detail struct{ Key, Value string }

// The services of R-AUD (10.1, 10.4) and the directory itself.
const (
	SSPRService         = "Self-service Password Management"
	RegistrationService = "Authentication Methods"
	CoreDirectory       = "Core Directory"
)

// The activities of R-AUD-01..09 and R-AUD-35..40.
const (
	ActivityBlocked         = "Blocked from self-service password reset"
	ActivityChange          = "Change password (self-service)"
	ActivityAdminReset      = "Reset password (by admin)"
	ActivityReset           = "Reset password (self-service)"
	ActivityProgress        = "Self-service password reset flow activity progress"
	ActivityUnlock          = "Unlock user account (self-service)"
	ActivityPolicy          = "Self-service password reset policy changes"
	ActivityEnableWB        = "Enable password writeback for directory"
	ActivityDisableWB       = "Disable password writeback for directory"
	ActivityRegisteredAll   = "User registered all required security info"
	ActivityRegistered      = "User registered security info"
	ActivityReviewed        = "User reviewed security info"
	ActivityDeleted         = "User deleted security info"
	ActivityDefaultChanged  = "User changed default security info"
	ActivityCoreReset       = "Reset user password"
	ActivityTokensValidFrom = "Update StsRefreshTokenValidFrom Timestamp"
)

// By returns u as a party of an audit entry.
func (u *User) By() Party { return Party{ID: u.ID, Name: u.Name, UPN: u.UPN} }

// Record adds an entry to the audit log. It fills id, time and what else is
// missing and obvious: the category, and the actor from the target.
func (t *Tenant) Record(e AuditEntry) {
	e.Time = t.Clock().Now()
	e.ID = "SSPR_" + t.ids.GUID()
	if e.Correlation == "" {
		e.Correlation = t.ids.GUID()
	}
	if e.Category == "" {
		e.Category = "UserManagement"
	}
	if e.Actor == (Party{}) {
		e.Actor = e.Target
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.audit = append(t.audit, e)
}

// Audit returns the audit log, oldest first.
func (t *Tenant) Audit() []AuditEntry {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.audit)
}
