// Package tree gives a scenario a part of a directory that it shares with
// others: a unit of its own, marked as the lab's, in which it makes whatever it
// makes, and which is removed with everything below it when the scenario ends.
//
//	label, err := tree.NewLabel()             // "s3k7q2x"
//	dn, err := tree.Plant(ctx, d, ou, label)  // OU=ssprlab-s3k7q2x,<ou>
//	defer tree.Remove(ctx, d, dn)
//
// What must be unique in the whole directory carries the label: user principal
// names by a domain of their own ([Label.Domain]), account names by a prefix
// ([Label.Account]).
//
// The mark, the unit's description, names the process that made it. What a
// killed lab leaves behind is known by it, and [Sweep] removes it, and nothing
// else: not what has no mark, whatever it is called, and not what belongs to a
// lab that lives or may live on another machine.
package tree

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"sync/atomic"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// prefix begins the name of every unit that the lab makes for itself, and mark
// its description.
const (
	prefix = "ssprlab-"
	mark   = "Made by ssprlab, which removes it. Owner: "
)

// Label names a tree: a small letter, then small letters and digits. It can
// stand in a domain's name and in an account's.
type Label string

// planted counts the labels of this process.
var planted atomic.Uint64

// NewLabel returns a label that no other scenario has, in this process or
// another. It is no matter of chance: it is drawn from what tells processes
// apart.
func NewLabel() (Label, error) {
	me, err := container.Mark()
	if err != nil {
		return "", fmt.Errorf("name a tree: %w", err)
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", me, planted.Add(1))
	return Label("s" + spell(h.Sum64(), 6)), nil
}

// spell writes the last digits of a number, n of them.
func spell(number uint64, n int) string {
	const digits = "abcdefghijkmnpqrstuvwxyz23456789"
	var text strings.Builder
	for range n {
		text.WriteByte(digits[number%uint64(len(digits))])
		number /= uint64(len(digits))
	}
	return text.String()
}

// Domain returns the domain below another that is the tree's alone; the domain
// itself for no label.
func (l Label) Domain(domain string) string {
	if l == "" {
		return domain
	}
	return string(l) + "." + domain
}

// longest is how long an account name may be in Active Directory.
const longest = 20

// Account returns the account name for somebody called name: with the label
// before it, and no longer than a directory takes it. What is cut off is told
// from other names by a few digits in its place.
func (l Label) Account(name string) string {
	if l != "" {
		name = string(l) + "-" + name
	}
	if len(name) <= longest {
		return name
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return name[:longest-4] + spell(h.Sum64(), 4)
}

// Group returns the account name for a group called name. Groups may have long
// ones.
func (l Label) Group(name string) string {
	if l == "" {
		return name
	}
	return string(l) + "-" + name
}

// Unit returns the name of the tree's unit.
func (l Label) Unit() string { return prefix + string(l) }

// DN returns the DN of the tree's unit below another.
func (l Label) DN(under string) string { return "OU=" + l.Unit() + "," + under }

// Plant makes a tree below the DN under, and returns its DN.
func Plant(ctx context.Context, d *directory.Directory, under string, l Label) (dn string, err error) {
	me, err := container.Mark()
	if err != nil {
		return "", fmt.Errorf("mark the unit %s: %w", l.Unit(), err)
	}
	if dn, err = d.CreateOU(ctx, under, l.Unit(), directory.Set("description", mark+me)); err != nil {
		return "", fmt.Errorf("make a unit of the lab's own below %s: %w", under, err)
	}
	return dn, nil
}

// Remove removes the tree at dn with everything in it. A tree that is gone is
// no error.
func Remove(ctx context.Context, d *directory.Directory, dn string) error {
	err := d.DeleteTree(ctx, dn)
	var refused *directory.Refusal
	if errors.As(err, &refused) && refused.Reason == directory.NoSuchObject {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove what the lab has made, %s: %w", dn, err)
	}
	return nil
}

// Dead returns the DNs of the trees right below the DN under whose labs are
// dead.
func Dead(ctx context.Context, d *directory.Directory, under string) (dns []string, err error) {
	units, err := d.Units(ctx, under)
	if err != nil {
		return nil, fmt.Errorf("look for what dead labs left below %s: %w", under, err)
	}
	for _, u := range units {
		owner, marked := strings.CutPrefix(u.Description, mark)
		if !marked || !strings.HasPrefix(u.Name, prefix) || !directory.Same(u.DN, Label(strings.TrimPrefix(u.Name, prefix)).DN(under)) {
			continue
		}
		dead, err := container.MarkOfTheDead(owner)
		if err != nil {
			return nil, err
		}
		if dead {
			dns = append(dns, u.DN)
		}
	}
	return dns, nil
}

// Sweep removes the trees right below the DN under whose labs are dead, and
// returns their DNs, those of before an error too.
func Sweep(ctx context.Context, d *directory.Directory, under string) (removed []string, err error) {
	dead, err := Dead(ctx, d, under)
	if err != nil {
		return nil, err
	}
	for _, dn := range dead {
		if err := Remove(ctx, d, dn); err != nil {
			return removed, err
		}
		removed = append(removed, dn)
	}
	return removed, nil
}
