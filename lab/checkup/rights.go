package checkup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/own"
)

// Finding is what was found of one right of the connector account.
type Finding struct {
	Right directory.Right
	Lacks bool
	// Listed is what the access lists say, and Tried what came of trying, each
	// in a few words.
	Listed, Tried string
}

// needed are the rights of R-WB-25 and R-WB-26, and the one that a change of a
// known password takes (R-WB-30).
func needed() []directory.Right {
	return []directory.Right{directory.ResetPassword, directory.WriteLockoutTime, directory.WritePwdLastSet, directory.UnexpirePassword, directory.ChangePassword}
}

// The passwords of the person on whom the rights are tried.
const (
	startPassword  = "Start-Password-01"
	resetPassword  = "Second-Password-02"
	changePassword = "Third-Password-03"
)

// trial is the trying of rights on one person.
type trial struct {
	setUp, connector *directory.Directory
	dn               string
	refused          error // what the reset came to
	expired          bool  // by the reset
	marked           bool  // for a change at the next sign-in
}

// rightsOf finds out about each right.
func (e *examination) rightsOf(ctx context.Context, connector directory.Account) ([]Finding, error) {
	as, err := directory.Open(ctx, e.config.As(e.config.Connector))
	if err != nil {
		return nil, fmt.Errorf("as the connector account: %w", err)
	}
	defer as.Close()
	var findings []Finding
	lacks, listErr := e.d.Rights(ctx, connector.DN, e.person.DN, needed()...)
	t := &trial{setUp: e.d, connector: as, dn: e.person.DN}
	for _, r := range needed() {
		if r == directory.UnexpirePassword && e.config.Dialect == directory.OpenLDAP {
			continue // it has no such right
		}
		f := Finding{Right: r, Listed: "granted"}
		missing := listErr == nil && slices.Contains(lacks, r)
		switch {
		case listErr != nil || e.config.Dialect == directory.OpenLDAP:
			f.Listed = "not to be read" // of somebody else's slapd, nor without the right to read it
		case missing:
			f.Listed = "missing"
		}
		if err := t.try(ctx, r, &f, missing); err != nil {
			return nil, fmt.Errorf("try %s: %w", r, err)
		}
		findings = append(findings, f)
	}
	return findings, nil
}

// try tries one right. What the directory refuses for want of it decides; what
// it cannot be asked leaves it to the access list.
func (t *trial) try(ctx context.Context, r directory.Right, f *Finding, missing bool) error {
	var err error
	switch r {
	case directory.ResetPassword:
		if err = t.connector.Reset(ctx, t.dn, resetPassword, directory.Reset{}); err == nil {
			a, err := t.setUp.AccountByDN(ctx, t.dn)
			if err != nil {
				return err
			}
			t.expired = a.MustChange
		}
		t.refused = err
	case directory.WriteLockoutTime:
		err = t.connector.Unlock(ctx, t.dn)
	case directory.WritePwdLastSet:
		err = t.connector.SetMustChange(ctx, t.dn, true)
		t.marked = err == nil
	case directory.UnexpirePassword:
		return t.unexpire(ctx, f, missing)
	case directory.ChangePassword:
		now := resetPassword
		if t.refused != nil {
			now = startPassword
		}
		err = t.connector.Change(ctx, t.dn, now, changePassword)
	}
	return f.conclude(err, missing)
}

// conclude reads what trying came to.
func (f *Finding) conclude(err error, missing bool) error {
	var refused *directory.Refusal
	switch {
	case err == nil:
		f.Tried = "accepted"
	case !errors.As(err, &refused) || refused.Reason == directory.Unreachable:
		return err
	case refused.Reason == directory.NoRight || refused.Reason == directory.CannotChange:
		f.Tried, f.Lacks = fmt.Sprintf("refused, result %d", refused.Code), true
	default: // of the policy, say: it says nothing about the right
		f.Tried, f.Lacks = "not to be tried: "+refused.Reason.String(), missing
	}
	return nil
}

// unexpire looks at what the reset has left, and takes back that the password
// must be changed. Without the right Windows leaves a password that is expired
// at once (R-WB-28), and Samba does not (R-WB-103), but lets nobody without it
// date a password to now. Where neither tells, the access list is there to go by.
func (t *trial) unexpire(ctx context.Context, f *Finding, missing bool) error {
	if t.expired {
		f.Tried, f.Lacks = "the password expired at once", true
		return nil
	}
	if t.marked {
		if err := f.conclude(t.connector.SetMustChange(ctx, t.dn, false), missing); err != nil {
			return err
		}
		if !f.Lacks && missing {
			f.Tried, f.Lacks = "not heeded here (R-WB-103)", true
		}
		return nil
	}
	f.Tried, f.Lacks = "not to be tried without Write pwdLastSet", missing
	return nil
}

// connectorAccount finds the connector account by whichever name it binds.
func connectorAccount(ctx context.Context, d *directory.Directory, c *own.Config) (directory.Account, error) {
	a, err := d.Account(ctx, c.Connector.User)
	if err != nil {
		return a, fmt.Errorf("find the connector account %s: %w", c.Connector.User, err)
	}
	return a, nil
}
