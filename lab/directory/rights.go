package directory

import (
	"context"
	"fmt"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// Rights returns which of the rights, or of those that a reset needs (R-WB-25,
// R-WB-26) if none are named, the account lacks on the user targetDN. It
// judges by the security descriptors of target and domain as the bound account
// reads them, and by the account's groups. Not judged: policies outside the
// directory (R-WB-30), and the domain administrators' ways around.
func (d *Directory) Rights(ctx context.Context, accountDN, targetDN string, rights ...Right) (lacks []Right, err error) {
	if len(rights) == 0 {
		rights = []Right{ResetPassword, WriteLockoutTime, WritePwdLastSet, UnexpirePassword}
	}
	return d.dialect.rights(ctx, accountDN, targetDN, rights)
}

func (ad activeDirectory) rights(ctx context.Context, accountDN, targetDN string, rights []Right) (lacks []Right, err error) {
	token, err := ad.token(ctx, accountDN)
	if err != nil {
		return nil, err
	}
	if self, err := ad.sidOf(ctx, targetDN); err == nil && token[self] {
		token[sd.Self()] = true
	}
	target, err := ad.descriptor(ctx, targetDN)
	if err != nil {
		return nil, err
	}
	root, err := ad.descriptor(ctx, ad.root)
	if err != nil {
		return nil, err
	}
	for _, r := range rights {
		e, err := r.entry()
		if err != nil {
			return nil, fmt.Errorf("rights of %s on %s: %w", accountDN, targetDN, err)
		}
		on := target
		if e.onRoot {
			on = root
		}
		if !e.granted(on, token) {
			lacks = append(lacks, r)
		}
	}
	return lacks, nil
}

// token returns the SIDs that an account acts under once it has bound.
func (ad activeDirectory) token(ctx context.Context, dn string) (map[sd.SID]bool, error) {
	e, err := ad.readEntry(ctx, dn, "objectSid", "tokenGroups")
	if err != nil {
		return nil, err
	}
	token := map[sd.SID]bool{sd.Everyone(): true, sd.AuthenticatedUsers(): true}
	values := append(e.GetEqualFoldRawAttributeValues("tokenGroups"), e.GetEqualFoldRawAttributeValue("objectSid"))
	for _, value := range values {
		sid, err := sd.SIDFromBytes(value)
		if err != nil {
			return nil, fmt.Errorf("read the groups of %s: %w", dn, err)
		}
		token[sid] = true
	}
	return token, nil
}

// granted walks a descriptor as the directory does: the first entry about the
// right and somebody in the token decides; no entry means no.
func (e entry) granted(d *sd.Descriptor, token map[sd.SID]bool) bool {
	if d.DACL == nil {
		return true
	}
	for _, ace := range d.DACL.Entries {
		if ace.Flags&sd.InheritOnly == 0 && token[ace.SID] && e.within(ace) {
			return ace.Allows()
		}
	}
	return false
}

// within reports whether the entry ace is about the right.
func (e entry) within(ace sd.ACE) bool {
	mask := ace.Mask
	if mask&sd.GenericAll != 0 {
		mask |= sd.FullControl
	}
	if mask&sd.GenericWrite != 0 {
		mask |= sd.WriteProperty
	}
	if !ace.Allows() && !ace.Denies() || mask&e.mask == 0 {
		return false
	}
	return ace.Object.IsZero() || ace.Object == e.object || ace.Object == e.propertySet()
}

// propertySet returns the set that an attribute belongs to, and the right's
// own GUID where there is none: pwdLastSet is one of the account restrictions.
func (e entry) propertySet() sd.GUID {
	if e.object == sd.PwdLastSet() {
		return sd.GUID{0x00, 0x42, 0x16, 0x4c, 0xc0, 0x20, 0xd0, 0x11, 0xa7, 0x68, 0x00, 0xaa, 0x00, 0x6e, 0x05, 0x29}
	}
	return e.object
}
