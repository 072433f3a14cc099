package directory

import (
	"context"
	"fmt"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// Right is a right that a connector account needs.
type Right uint8

// The rights of R-WB-25, R-WB-26 and R-WB-29.
const (
	ResetPassword       Right = iota // set the password of users below the container
	WriteLockoutTime                 // unlock them
	WritePwdLastSet                  // make them change it at next logon
	UnexpirePassword                 // set a password that is not expired at once; kept on the domain's root
	ChangePassword                   // change their password with the old one
	ReplicateChanges                 // read changes (hash synchronisation); kept on the domain's root
	ReplicateChangesAll              // read secrets too; kept on the domain's root
)

// String names the right as Active Directory's tools do.
func (r Right) String() string {
	switch r {
	case ResetPassword:
		return "Reset Password"
	case WriteLockoutTime:
		return "Write lockoutTime"
	case WritePwdLastSet:
		return "Write pwdLastSet"
	case UnexpirePassword:
		return "Unexpire Password"
	case ChangePassword:
		return "Change Password"
	case ReplicateChanges:
		return "Replicating Directory Changes"
	case ReplicateChangesAll:
		return "Replicating Directory Changes All"
	}
	return fmt.Sprintf("right %d", uint8(r))
}

// entry is what a right looks like in a security descriptor.
type entry struct {
	object sd.GUID
	mask   sd.Mask
	onRoot bool // kept on the domain's root, for itself, and not inherited
}

func (r Right) entry() (entry, error) {
	switch r {
	case ResetPassword:
		return entry{sd.ResetPassword(), sd.ControlAccess, false}, nil
	case WriteLockoutTime:
		return entry{sd.LockoutTime(), sd.WriteProperty, false}, nil
	case WritePwdLastSet:
		return entry{sd.PwdLastSet(), sd.WriteProperty, false}, nil
	case UnexpirePassword:
		return entry{sd.UnexpirePassword(), sd.ControlAccess, true}, nil
	case ChangePassword:
		return entry{sd.ChangePassword(), sd.ControlAccess, false}, nil
	case ReplicateChanges:
		return entry{sd.GetChanges(), sd.ControlAccess, true}, nil
	case ReplicateChangesAll:
		return entry{sd.GetChangesAll(), sd.ControlAccess, true}, nil
	}
	return entry{}, fmt.Errorf("%s is unknown", r)
}

// grant returns the entry that gives the right to sid, in the form of R-WB-102.
func (e entry) grant(sid sd.SID) sd.ACE {
	if e.onRoot {
		return sd.ACE{Type: sd.AllowObject, Mask: e.mask, Object: e.object, SID: sid}
	}
	grant := sd.AllowRight(sid, e.object, sd.UserClass())
	grant.Mask = e.mask
	return grant
}

// Delegate gives an account rights on the users below a container, both DNs.
// Rights that a directory keeps on the domain's root are written there,
// whatever container is named. What is granted already is left alone. It needs
// somebody who may write the container's security descriptor.
func (d *Directory) Delegate(ctx context.Context, accountDN, containerDN string, rights ...Right) error {
	sid, err := d.sidOf(ctx, accountDN)
	if err != nil {
		return err
	}
	var below, onRoot []sd.ACE
	for _, r := range rights {
		e, err := r.entry()
		switch {
		case err != nil:
			return fmt.Errorf("delegate %s to %s: %w", containerDN, accountDN, err)
		case e.onRoot:
			onRoot = append(onRoot, e.grant(sid))
		default:
			below = append(below, e.grant(sid))
		}
	}
	if err := d.appendACEs(ctx, containerDN, below...); err != nil {
		return err
	}
	return d.appendACEs(ctx, d.root.defaultNamingContext, onRoot...)
}

func (d *Directory) sidOf(ctx context.Context, dn string) (sd.SID, error) {
	e, err := d.readEntry(ctx, dn, "objectSid")
	if err != nil {
		return sd.SID{}, err
	}
	sid, err := sd.SIDFromBytes(e.GetEqualFoldRawAttributeValue("objectSid"))
	if err != nil {
		return sd.SID{}, fmt.Errorf("read objectSid of %s: %w", dn, err)
	}
	return sid, nil
}

// descriptor reads the discretionary part of dn's security descriptor.
func (d *Directory) descriptor(ctx context.Context, dn string) (*sd.Descriptor, error) {
	e, err := d.readWith(ctx, query{base: dn, filter: "(objectClass=*)", attributes: []string{securityDescriptor},
		controls: []ldap.Control{sdFlags()}})
	if err != nil {
		return nil, err
	}
	descriptor, err := sd.Parse(e.GetEqualFoldRawAttributeValue(securityDescriptor))
	if err != nil {
		return nil, fmt.Errorf("read %s of %s: %w (may the bound account read it?)", securityDescriptor, dn, err)
	}
	return descriptor, nil
}

// appendACEs adds entries to the security descriptor of dn. It reads and
// writes it as a whole, so two writers at once may undo each other.
func (d *Directory) appendACEs(ctx context.Context, dn string, entries ...sd.ACE) error {
	if len(entries) == 0 {
		return nil
	}
	descriptor, err := d.descriptor(ctx, dn)
	if err != nil {
		return err
	}
	descriptor.Append(entries...)
	value, err := descriptor.Marshal()
	if err != nil {
		return fmt.Errorf("write %s of %s: %w", securityDescriptor, dn, err)
	}
	request := ldap.NewModifyRequest(dn, []ldap.Control{sdFlags()})
	request.Replace(securityDescriptor, []string{string(value)})
	return d.modify(ctx, "delegate", request)
}
