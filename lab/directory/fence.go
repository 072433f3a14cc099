package directory

import (
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// OutsideError is the error of a write that the lab itself did not let happen,
// because [Config.Within] does not allow it. Nothing was sent.
type OutsideError struct {
	Op     string // as of a Refusal
	Object string // DN
	Within string // DN of the unit that may be written below
}

// Error says what was refused, and where writing is allowed.
func (e *OutsideError) Error() string {
	return fmt.Sprintf("%s %s: refused by the lab, nothing was sent: it may write only below %s", e.Op, e.Object, e.Within)
}

// fence is where writing is allowed; the zero value is everywhere.
type fence struct {
	text   string
	within *ldap.DN
}

func newFence(within string) (fence, error) {
	if within == "" {
		return fence{}, nil
	}
	dn, err := ldap.ParseDN(within)
	if err != nil || len(dn.RDNs) == 0 {
		return fence{}, fmt.Errorf("the unit that may be written, %q, is no DN", within)
	}
	return fence{within, dn}, nil
}

// admits returns an *OutsideError unless the object lies below the unit. What
// is no DN as RFC 4514 has it, such as the <GUID=…> of Active Directory, lies
// nowhere.
func (f fence) admits(op, object string) error {
	if f.within == nil {
		return nil
	}
	dn, err := ldap.ParseDN(object)
	if err != nil || !f.within.AncestorOfFold(dn) {
		return &OutsideError{Op: op, Object: object, Within: f.text}
	}
	return nil
}

// Below reports whether the DN lies below the DN ancestor, in whichever case
// and spacing. No DN lies below itself.
func Below(dn, ancestor string) bool {
	f, err := newFence(ancestor)
	return err == nil && f.within != nil && f.admits("", dn) == nil
}

// Same reports whether two texts are the same DN, in whichever case and spacing.
func Same(a, b string) bool { return sameDN(a, b) }
