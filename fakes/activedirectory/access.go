package activedirectory

import (
	"slices"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// subject is what a right is asked for: an attribute with its property set, an
// extended right, or a class of children. The zero value is the whole object.
type subject struct{ object, set sd.GUID }

func (s *schema) of(a attr) subject {
	return subject{s.attrGUIDs[a], s.setGUIDs[attributeTable[a].set]}
}

func (s *schema) children(c classID) subject { return subject{object: s.classGUID[c]} }

func right(guid sd.GUID) subject { return subject{object: guid} }

// level is one descriptor on the way up from an object, as far as it reaches
// down to it.
type level struct {
	descriptor *sd.Descriptor
	above      int // how many steps; 0 is the object itself
}

// levels calls visit for the object's own descriptor, then for those above as
// far as entries are inherited: up to the head of the naming context, or to a
// descriptor that is protected (R-WB-27). It stops when visit returns false.
func (o *object) levels(visit func(level) bool) {
	for above, x := 0, o; x != nil; above, x = above+1, x.parent {
		if !visit(level{x.descriptor, above}) || x.descriptor.Control&sd.DACLProtected != 0 {
			return
		}
	}
}

// reaches reports whether an entry of the level is in force on an object of
// the class.
func (s *schema) reaches(l level, e *sd.ACE, c classID) bool {
	if l.above == 0 {
		return e.Flags&sd.InheritOnly == 0
	}
	return e.Flags&sd.ContainerInherit != 0 && (l.above == 1 || e.Flags&sd.NoPropagate == 0) &&
		(e.InheritedObject.IsZero() || e.InheritedObject == s.classGUID[c])
}

// may reports whether who has all rights of want on o (R-WB-102). Entries are
// taken in order: the object's own, then what it inherits, the nearest first;
// within a level denials stand before grants, as clients write them.
func (s *schema) may(who *identity, o *object, want sd.Mask, about subject) bool {
	if o.descriptor.DACL == nil {
		return true
	}
	if slices.Contains(who.sids, o.descriptor.Owner) {
		want &^= sd.ReadControl | sd.WriteDACL
	}
	denied := false
	o.levels(func(l level) bool {
		if l.descriptor.DACL == nil {
			return true
		}
		for i := range l.descriptor.DACL.Entries {
			e := &l.descriptor.DACL.Entries[i]
			mask := concrete(e.Mask) & want
			if mask == 0 || !about.covers(e) || !s.reaches(l, e, o.class) || !who.matches(e.SID, o) {
				continue
			}
			if e.Denies() {
				denied = true
			} else if e.Allows() {
				want &^= mask
			}
			if denied || want == 0 {
				return false
			}
		}
		return true
	})
	return !denied && want == 0
}

// covers reports whether an entry is about the subject: it names no object, or
// the subject itself, or the set that it is in.
func (a subject) covers(e *sd.ACE) bool {
	return e.Object.IsZero() || e.Object == a.object || !a.set.IsZero() && e.Object == a.set
}

// matches reports whether an entry for sid is one for who, on o.
func (who *identity) matches(sid sd.SID, o *object) bool {
	switch sid {
	case sd.Self():
		return who.sid == o.sid
	case sd.CreatorOwner():
		return slices.Contains(who.sids, o.descriptor.Owner)
	}
	return slices.Contains(who.sids, sid)
}

// concrete turns generic rights into those of a directory object.
func concrete(m sd.Mask) sd.Mask {
	const read = sd.ReadControl | sd.ListChildren | sd.ReadProperty | sd.ListObject
	for _, g := range [...]struct{ generic, rights sd.Mask }{
		{sd.GenericAll, sd.FullControl},
		{sd.GenericRead, read},
		{sd.GenericWrite, sd.ReadControl | sd.ValidatedWrite | sd.WriteProperty},
		{sd.GenericExecute, sd.ReadControl | sd.ListChildren},
	} {
		if m&g.generic != 0 {
			m |= g.rights
		}
	}
	return m
}

// restricted reports whether an object's attributes have to be asked about one
// by one: when an entry takes the right to read away, or names what it is for.
func (o *object) restricted() bool {
	found := false
	o.levels(func(l level) bool {
		if l.descriptor.DACL == nil {
			return true
		}
		for i := range l.descriptor.DACL.Entries {
			e := &l.descriptor.DACL.Entries[i]
			if concrete(e.Mask)&sd.ReadProperty != 0 && e.Denies() {
				found = true
				return false
			}
		}
		return true
	})
	return found
}

// view is what one person sees of one object.
type view struct {
	who  *identity
	o    *object
	full bool // every attribute may be read
}

// look returns what who sees of o. The usual case, in which nothing is denied
// and everything granted, is found out once for the object.
func (s *schema) look(who *identity, o *object) view {
	return view{who, o, !o.restricted() && s.may(who, o, sd.ReadProperty, subject{})}
}

// reads reports whether an attribute is visible.
func (s *schema) reads(v view, a attr) bool {
	return v.full || s.may(v.who, v.o, sd.ReadProperty, s.of(a))
}

// sees reports whether the object itself is visible: who may read neither any
// of its attributes nor list what its parent holds does not find it.
func (s *schema) sees(v view) bool {
	if v.full {
		return true
	}
	if v.o.parent != nil && !s.may(v.who, v.o.parent, sd.ListChildren, subject{}) {
		return false
	}
	return s.may(v.who, v.o, sd.ReadProperty, s.of(attrObjectClass)) || s.may(v.who, v.o, sd.ListObject, subject{})
}
