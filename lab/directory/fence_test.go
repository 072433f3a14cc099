package directory

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

const (
	fenced  = "OU=ssprlab,OU=Test,DC=example,DC=test"
	inside  = "CN=Anna," + fenced
	outside = "CN=Anna,OU=Staff,DC=example,DC=test"
)

// fencedWrites is every call that changes something, on the object dn.
func fencedWrites(d *Directory, dn string) map[string]func(context.Context) error {
	parent := parentOf(dn)
	return map[string]func(context.Context) error{
		"create account": func(ctx context.Context) error {
			_, err := d.CreateAccount(ctx, NewAccount{Parent: parent, Name: "Anna", SAM: "anna", Password: "First-Pass-01"})
			return err
		},
		"create unit":     func(ctx context.Context) error { _, err := d.CreateOU(ctx, parent, "Staff"); return err },
		"create group":    func(ctx context.Context) error { _, err := d.CreateGroup(ctx, parent, "Pilot"); return err },
		"modify":          func(ctx context.Context) error { return d.Modify(ctx, dn, Set("title", "x")) },
		"set enabled":     func(ctx context.Context) error { return d.SetEnabled(ctx, dn, false) },
		"add member":      func(ctx context.Context) error { return d.AddMember(ctx, dn, inside) },
		"remove member":   func(ctx context.Context) error { return d.RemoveMember(ctx, dn, inside) },
		"move away":       func(ctx context.Context) error { _, err := d.Move(ctx, dn, fenced); return err },
		"rename":          func(ctx context.Context) error { _, err := d.Rename(ctx, dn, "Bela"); return err },
		"delete":          func(ctx context.Context) error { return d.Delete(ctx, dn) },
		"delete tree":     func(ctx context.Context) error { return d.DeleteTree(ctx, dn) },
		"reset":           func(ctx context.Context) error { return d.Reset(ctx, dn, "Second-Pass-02", Reset{Unlock: true}) },
		"change":          func(ctx context.Context) error { return d.Change(ctx, dn, "First-Pass-01", "Second-Pass-02") },
		"unlock":          func(ctx context.Context) error { return d.Unlock(ctx, dn) },
		"set must-change": func(ctx context.Context) error { return d.SetMustChange(ctx, dn, true) },
		"security descriptor": func(ctx context.Context) error {
			return activeDirectory{d}.writeDescriptor(ctx, dn, new(sd.Descriptor))
		},
	}
}

// TestFence tries every call that writes, outside of the unit and in it, and
// looks at what reaches the server.
func TestFence(t *testing.T) {
	s := newScript(t)
	var writes atomic.Int32
	s.will(func(tag ber.Tag) act {
		switch tag {
		case ldap.ApplicationBindRequest, ldap.ApplicationUnbindRequest, ldap.ApplicationSearchRequest:
		default:
			writes.Add(1)
		}
		return answer
	})
	d := s.open(t, func(c *Config) { c.Within = strings.ToLower(fenced) })
	for name, write := range fencedWrites(d, outside) {
		var refused *OutsideError
		if err := write(t.Context()); !errors.As(err, &refused) {
			t.Errorf("%s outside of the unit: %v, want an OutsideError", name, err)
		}
	}
	for name, write := range map[string]func(context.Context) error{
		"move out": func(ctx context.Context) error {
			_, err := d.Move(ctx, inside, "OU=Staff,DC=example,DC=test")
			return err
		},
		"delete of the unit": func(ctx context.Context) error { return d.DeleteTree(ctx, fenced) },
		"domain's policy":    func(ctx context.Context) error { return d.SetPolicy(ctx, Policy{}) },
		"PSO":                func(ctx context.Context) error { _, err := d.CreatePSO(ctx, "strict", Policy{}); return err },
	} {
		var refused *OutsideError
		if err := write(t.Context()); !errors.As(err, &refused) {
			t.Errorf("%s: %v, want an OutsideError", name, err)
		}
	}
	if n := writes.Load(); n != 0 {
		t.Fatalf("%d requests that change something reached the server, want none", n)
	}
	for name, write := range fencedWrites(d, inside) {
		before := writes.Load()
		var refused *OutsideError
		if err := write(t.Context()); errors.As(err, &refused) {
			t.Errorf("%s in the unit: %v", name, err)
		}
		if writes.Load() == before {
			t.Errorf("%s in the unit did not reach the server", name)
		}
	}
}

// TestFenceOfOpenLDAP has the owner change a password, on a connection that is
// not the directory's own.
func TestFenceOfOpenLDAP(t *testing.T) {
	s := newScript(t)
	d := s.open(t, func(c *Config) { c.Within, c.Dialect, c.Base = fenced, OpenLDAP, "DC=example,DC=test" })
	var refused *OutsideError
	if err := d.Change(t.Context(), outside, "First-Pass-01", "Second-Pass-02"); !errors.As(err, &refused) {
		t.Errorf("change outside of the unit: %v", err)
	}
	if err := d.Delegate(t.Context(), inside, "OU=Staff,DC=example,DC=test", ResetPassword); !errors.As(err, &refused) {
		t.Errorf("delegate outside of the unit: %v", err)
	}
}

func TestFenceReadsNames(t *testing.T) {
	for dn, want := range map[string]bool{
		inside: true,
		"cn=anna,  ou=SSPRLAB , ou=test,dc=example,dc=test":           true,
		"CN=Birch\\, Anna,OU=x,OU=ssprlab,OU=Test,DC=example,DC=test": true,
		fenced:  false,
		outside: false,
		"CN=x\\,OU=ssprlab,OU=Test,DC=example,DC=test": false, // one name with a comma in it
		"CN=x,OU=ssprlab2,OU=Test,DC=example,DC=test":  false,
		"DC=example,DC=test":                           false,
		"":                                             false,
		"<GUID=0123456789abcdef>":                      false,
		"<SID=S-1-5-21-1-2-3-500>":                     false,
	} {
		if got := Below(dn, fenced); got != want {
			t.Errorf("%q below %q: %v, want %v", dn, fenced, got, want)
		}
	}
	if _, err := Open(t.Context(), Config{URL: "ldaps://127.0.0.1:1", Within: "ssprlab"}); err == nil || !strings.Contains(err.Error(), "no DN") {
		t.Errorf("a unit that is no DN: %v", err)
	}
	text := (&OutsideError{"reset", outside, fenced}).Error()
	for _, part := range []string{"reset " + outside, "refused by the lab", "nothing was sent", fenced} {
		if !strings.Contains(text, part) {
			t.Errorf("the error does not say %q: %s", part, text)
		}
	}
}
