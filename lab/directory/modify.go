package directory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Edit is one change of one attribute. Make it with [Set], [Add] or [Remove].
type Edit struct {
	kind      uint
	attribute string
	values    []string
}

// Set gives the attribute these values and no others; without any, it is
// cleared.
func Set(attribute string, values ...string) Edit {
	return Edit{ldap.ReplaceAttribute, attribute, values}
}

// Add gives the attribute these values besides its own.
func Add(attribute string, values ...string) Edit {
	return Edit{ldap.AddAttribute, attribute, values}
}

// Remove takes these values from the attribute; without any, all.
func Remove(attribute string, values ...string) Edit {
	return Edit{ldap.DeleteAttribute, attribute, values}
}

// Modify makes all edits of the object dn, or none.
func (d *Directory) Modify(ctx context.Context, dn string, edits ...Edit) error {
	request := ldap.NewModifyRequest(dn, nil)
	for _, e := range edits {
		request.Changes = append(request.Changes, ldap.Change{
			Operation:    e.kind,
			Modification: ldap.PartialAttribute{Type: e.attribute, Vals: e.values},
		})
	}
	return d.modify(ctx, opModify, request)
}

// SetEnabled enables or disables the account dn. It reads before it writes, so
// two writers at once may undo each other.
func (d *Directory) SetEnabled(ctx context.Context, dn string, enabled bool) error {
	return d.dialect.setEnabled(ctx, dn, enabled)
}

func (ad activeDirectory) setEnabled(ctx context.Context, dn string, enabled bool) error {
	e, err := ad.readEntry(ctx, dn, "userAccountControl")
	if err != nil {
		return err
	}
	control := number(e, "userAccountControl") | uacDisabled
	if enabled {
		control &^= uacDisabled
	}
	return ad.Modify(ctx, dn, Set("userAccountControl", strconv.FormatInt(control, 10)))
}

// AddMember puts the object member into group, both DNs. One that is in it
// already is refused with AlreadyExists.
func (d *Directory) AddMember(ctx context.Context, group, member string) error {
	return d.Modify(ctx, group, Add("member", member))
}

// RemoveMember takes the object member out of group, both DNs.
func (d *Directory) RemoveMember(ctx context.Context, group, member string) error {
	return d.Modify(ctx, group, Remove("member", member))
}

// Move puts the object dn below another container and returns its new DN.
func (d *Directory) Move(ctx context.Context, dn, parent string) (moved string, err error) {
	rdn := rdnOf(dn)
	return rdn + "," + parent, d.rename(ctx, "move", ldap.NewModifyDNRequest(dn, rdn, true, parent))
}

// Rename gives the object dn another name below the same container and returns
// its new DN.
func (d *Directory) Rename(ctx context.Context, dn, name string) (renamed string, err error) {
	attribute, _, ok := strings.Cut(rdnOf(dn), "=")
	parent := parentOf(dn)
	if !ok || parent == "" {
		return "", fmt.Errorf("rename %q: expected the DN of an object within a container", dn)
	}
	renamed = child(attribute, name, parent)
	return renamed, d.rename(ctx, "rename", ldap.NewModifyDNRequest(dn, rdnOf(renamed), true, ""))
}

func (d *Directory) rename(ctx context.Context, op string, request *ldap.ModifyDNRequest) error {
	if to := request.NewSuperior; to != "" {
		if err := d.fence.admits(op, request.NewRDN+","+to); err != nil {
			return err
		}
	}
	return d.write(ctx, op, request.DN, func(c *ldap.Conn) error { return c.ModifyDN(request) })
}

// Delete removes the object dn, which must have nothing below it.
func (d *Directory) Delete(ctx context.Context, dn string) error {
	return d.delete(ctx, dn)
}

// DeleteTree removes the object dn and everything below it; in one operation
// where the directory can do that and lets the account, else the lowest first.
func (d *Directory) DeleteTree(ctx context.Context, dn string) error {
	return d.dialect.deleteTree(ctx, dn)
}

// deleteTree needs the right Delete Subtree for the one operation; an account
// to which only children were delegated may do without.
func (ad activeDirectory) deleteTree(ctx context.Context, dn string) error {
	err := ad.delete(ctx, dn, control{oid: oidTreeDelete})
	if reasonIs(err, NoRight) {
		return ad.deleteLowestFirst(ctx, dn)
	}
	return err
}

// deleteLowestFirst removes dn and what is below it one by one.
func (d *Directory) deleteLowestFirst(ctx context.Context, dn string) error {
	entries, err := d.search(ctx, query{base: dn, filter: "(objectClass=*)", attributes: []string{"1.1"}})
	if err != nil {
		return err
	}
	slices.SortStableFunc(entries, func(a, b *ldap.Entry) int { return depth(b.DN) - depth(a.DN) })
	for _, e := range entries {
		if err := d.Delete(ctx, e.DN); err != nil {
			return err
		}
	}
	return nil
}

// depth counts the names in a DN.
func depth(dn string) int {
	n := 0
	for ; dn != ""; dn = parentOf(dn) {
		n++
	}
	return n
}

func (d *Directory) delete(ctx context.Context, dn string, controls ...ldap.Control) error {
	return d.write(ctx, "delete", dn, func(c *ldap.Conn) error { return c.Del(ldap.NewDelRequest(dn, controls)) })
}
