package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
// whatever container is named. What is granted already is left alone. Instead
// of an account's DN, a SID as S-1-5-… does as well. It needs somebody who may
// write the container's security descriptor.
func (d *Directory) Delegate(ctx context.Context, accountDN, containerDN string, rights ...Right) error {
	return d.dialect.delegate(ctx, accountDN, containerDN, rights)
}

func (ad activeDirectory) delegate(ctx context.Context, accountDN, containerDN string, rights []Right) error {
	below, onRoot, err := ad.grants(ctx, accountDN, containerDN, rights)
	if err != nil {
		return fmt.Errorf("delegate %s: %w", containerDN, err)
	}
	if err := ad.appendACEs(ctx, containerDN, below...); err != nil {
		return err
	}
	return ad.appendACEs(ctx, ad.root, onRoot...)
}

// Revoke takes back what [Directory.Delegate] gives, in just that form; rights
// that come by another way stay. Where a new domain gives Unexpire Password to
// everybody who has bound (S-1-5-11), as the embedded directory does, nobody
// lacks it before it is revoked from these.
func (d *Directory) Revoke(ctx context.Context, accountDN, containerDN string, rights ...Right) error {
	return d.dialect.revoke(ctx, accountDN, containerDN, rights)
}

func (ad activeDirectory) revoke(ctx context.Context, accountDN, containerDN string, rights []Right) error {
	below, onRoot, err := ad.grants(ctx, accountDN, containerDN, rights)
	if err != nil {
		return fmt.Errorf("revoke on %s: %w", containerDN, err)
	}
	if err := ad.removeACEs(ctx, containerDN, below...); err != nil {
		return err
	}
	return ad.removeACEs(ctx, ad.root, onRoot...)
}

// grants returns the entries that give the rights to an account: those of the
// container and those of the domain's root. If these are one, so is the write,
// after each of which what is inherited is carried through the whole domain.
func (ad activeDirectory) grants(ctx context.Context, account, container string, rights []Right) (below, onRoot []sd.ACE, err error) {
	sid, err := ad.sidOf(ctx, account)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rights {
		e, err := r.entry()
		switch {
		case err != nil:
			return nil, nil, err
		case e.onRoot && container != ad.root:
			onRoot = append(onRoot, e.grant(sid))
		default:
			below = append(below, e.grant(sid))
		}
	}
	return below, onRoot, nil
}

// sidOf returns the SID of the account dn, which may be a SID itself.
func (ad activeDirectory) sidOf(ctx context.Context, dn string) (sd.SID, error) {
	if strings.HasPrefix(dn, "S-1-") {
		return sd.ParseSID(dn)
	}
	e, err := ad.readEntry(ctx, dn, "objectSid")
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
func (ad activeDirectory) descriptor(ctx context.Context, dn string) (*sd.Descriptor, error) {
	e, err := ad.readWith(ctx, query{base: dn, filter: "(objectClass=*)", attributes: []string{securityDescriptor},
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
func (ad activeDirectory) appendACEs(ctx context.Context, dn string, entries ...sd.ACE) error {
	if len(entries) == 0 {
		return nil
	}
	descriptor, err := ad.descriptor(ctx, dn)
	if err != nil {
		return err
	}
	descriptor.Append(entries...)
	return ad.writeDescriptor(ctx, dn, descriptor)
}

// removeACEs takes entries out of the security descriptor of dn, as appendACEs
// puts them in.
func (ad activeDirectory) removeACEs(ctx context.Context, dn string, entries ...sd.ACE) error {
	if len(entries) == 0 {
		return nil
	}
	descriptor, err := ad.descriptor(ctx, dn)
	if err != nil || descriptor.DACL == nil {
		return err
	}
	descriptor.DACL.Entries = slices.DeleteFunc(descriptor.DACL.Entries, func(e sd.ACE) bool {
		return slices.ContainsFunc(entries, func(gone sd.ACE) bool {
			return e.Type == gone.Type && e.Flags == gone.Flags && e.Mask == gone.Mask && e.Object == gone.Object &&
				e.InheritedObject == gone.InheritedObject && e.SID == gone.SID
		})
	})
	return ad.writeDescriptor(ctx, dn, descriptor)
}

func (ad activeDirectory) writeDescriptor(ctx context.Context, dn string, descriptor *sd.Descriptor) error {
	value, err := descriptor.Marshal()
	if err != nil {
		return fmt.Errorf("write %s of %s: %w", securityDescriptor, dn, err)
	}
	request := ldap.NewModifyRequest(dn, []ldap.Control{sdFlags()})
	request.Replace(securityDescriptor, []string{string(value)})
	return ad.modify(ctx, opDelegate, request)
}

// SetInheritance lets the object dn take over what is granted above it, or
// not: without inheritance no delegation on a container reaches it (R-WB-27).
// Switching it off drops what was taken over.
func (d *Directory) SetInheritance(ctx context.Context, dn string, on bool) error {
	return d.dialect.setInheritance(ctx, dn, on)
}

func (ad activeDirectory) setInheritance(ctx context.Context, dn string, on bool) error {
	descriptor, err := ad.descriptor(ctx, dn)
	if err != nil {
		return err
	}
	descriptor.Control &^= sd.DACLProtected
	if !on {
		descriptor.Control |= sd.DACLProtected
		if descriptor.DACL != nil {
			descriptor.DACL.Entries = slices.DeleteFunc(descriptor.DACL.Entries, func(e sd.ACE) bool { return e.Flags&sd.Inherited != 0 })
		}
	}
	return ad.writeDescriptor(ctx, dn, descriptor)
}
