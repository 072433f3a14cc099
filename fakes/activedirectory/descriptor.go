package activedirectory

import (
	"slices"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// Parts of a descriptor, as the SD flags control names them.
const (
	partOwner = 1 << iota
	partGroup
	partDACL
	partSACL
	partsAll = partOwner | partGroup | partDACL | partSACL
)

const readAll = sd.ReadControl | sd.ListChildren | sd.ReadProperty | sd.ListObject

// defaultEntries is the access list with which the schema gives birth to an
// object of a class: administrators may everything, whoever has bound may read,
// and a person may change the own password and contact data. Not modelled:
// the entries for operators, domain controllers and certificate publishers.
func (s *Server) defaultEntries(c classID) []sd.ACE {
	entries := []sd.ACE{
		{Type: sd.Allow, Mask: sd.FullControl, SID: s.domainAdmins},
		{Type: sd.Allow, Mask: sd.FullControl, SID: sd.System()},
	}
	if c == classSettings || c == classSettingsContainer {
		return entries // only administrators read fine-grained policies
	}
	entries = append(entries, sd.ACE{Type: sd.Allow, Mask: readAll, SID: sd.AuthenticatedUsers()})
	switch c {
	case classDomain:
		entries = append(entries,
			sd.ACE{Type: sd.Allow, Flags: sd.ContainerInherit, Mask: sd.FullControl &^ sd.DeleteTree &^ sd.DeleteChild, SID: sd.Administrators()},
			sd.ACE{Type: sd.AllowObject, Mask: sd.ControlAccess, Object: sd.UnexpirePassword(), SID: sd.AuthenticatedUsers()})
	case classUser:
		entries = append(entries,
			sd.ACE{Type: sd.Allow, Mask: readAll, SID: sd.Self()},
			sd.ACE{Type: sd.AllowObject, Mask: sd.ControlAccess, Object: sd.ChangePassword(), SID: sd.Self()},
			sd.ACE{Type: sd.AllowObject, Mask: sd.ReadProperty | sd.WriteProperty, Object: s.schema.setGUIDs[setPersonal], SID: sd.Self()},
			sd.ACE{Type: sd.AllowObject, Mask: sd.ReadProperty | sd.WriteProperty, Object: s.schema.setGUIDs[setWeb], SID: sd.Self()},
			sd.ACE{Type: sd.AllowObject, Mask: sd.ControlAccess, Object: sd.ChangePassword(), SID: sd.Everyone()})
	}
	return entries
}

// newDescriptor is the descriptor of an object that who makes. What
// administrators make belongs to Domain Admins. The list is shared between
// objects until somebody writes one.
func (s *Server) newDescriptor(c classID, who *identity) *sd.Descriptor {
	d := &sd.Descriptor{Control: sd.DACLAutoInherited, Owner: s.domainAdmins, Group: s.domainUsers, DACL: s.defaults[c]}
	if who != nil && !who.admin {
		d.Owner = who.sid
	}
	return d
}

// inheritedEntries are the entries that o takes over from above, as a reader of
// its descriptor sees them.
func (s *Server) inheritedEntries(o *object) []sd.ACE {
	var entries []sd.ACE
	o.levels(func(l level) bool {
		if l.above == 0 || l.descriptor.DACL == nil {
			return true
		}
		for _, e := range l.descriptor.DACL.Entries {
			if e.Flags&sd.ContainerInherit == 0 || l.above > 1 && e.Flags&sd.NoPropagate != 0 {
				continue
			}
			if e.Flags &^= sd.InheritOnly; !s.schema.reaches(l, &e, o.class) {
				e.Flags |= sd.InheritOnly
			}
			if e.Flags&sd.NoPropagate != 0 {
				e.Flags &^= sd.ContainerInherit | sd.ObjectInherit | sd.NoPropagate
			}
			e.Flags |= sd.Inherited
			entries = append(entries, e)
		}
		return true
	})
	return entries
}

// readDescriptor returns nTSecurityDescriptor with the parts asked for; nothing
// when who may not read one of them. The system list takes the privilege that
// administrators have.
func (s *Server) readDescriptor(v view, parts int) []string {
	if parts&partSACL != 0 && !v.who.admin || !s.schema.may(v.who, v.o, sd.ReadControl, subject{}) {
		return nil
	}
	own := v.o.descriptor
	d := sd.Descriptor{Control: own.Control}
	if parts&partOwner != 0 {
		d.Owner = own.Owner
	}
	if parts&partGroup != 0 {
		d.Group = own.Group
	}
	if parts&partDACL != 0 && own.DACL != nil {
		d.DACL = &sd.ACL{Revision: own.DACL.Revision, Entries: append(slices.Clone(own.DACL.Entries), s.inheritedEntries(v.o)...)}
	}
	if parts&partSACL != 0 {
		d.SACL = own.SACL
	}
	b, err := d.Marshal()
	if err != nil {
		s.log.Error("a security descriptor does not fit any more", "object", v.o.name, "error", err)
		return nil
	}
	return []string{string(b)}
}

// writeDescriptor replaces the parts of the draft's descriptor that the SD
// flags name and the value has. Inherited entries in the value are left out:
// they are worked out anew whenever the descriptor is used.
func (s *Server) writeDescriptor(d *draft, who *identity, value string, parts int) error {
	given, err := sd.Parse([]byte(value))
	if err != nil {
		return badSyntax(attrSecurityDescriptor.name())
	}
	parts &= partsOf(given)
	if !s.schema.may(who, d.o, descriptorRights(parts), subject{}) || parts&partSACL != 0 && !who.admin {
		return noRight()
	}
	next := *d.descriptor
	if parts&partDACL != 0 {
		next.DACL = &sd.ACL{Revision: given.DACL.Revision, Entries: explicit(given.DACL.Entries)}
		next.Control = next.Control&^sd.DACLProtected | given.Control&sd.DACLProtected
	}
	if parts&partOwner != 0 {
		if !who.admin && !slices.Contains(who.sids, given.Owner) {
			return constraint("0000051B", attrSecurityDescriptor.name()) // an owner one is not
		}
		next.Owner = given.Owner
	}
	if parts&partGroup != 0 {
		next.Group = given.Group
	}
	if parts&partSACL != 0 {
		next.SACL = given.SACL
	}
	d.descriptor, d.replicated = &next, true
	return nil
}

// partsOf tells which parts a descriptor has.
func partsOf(d *sd.Descriptor) int {
	parts := 0
	if !d.Owner.IsZero() {
		parts |= partOwner
	}
	if !d.Group.IsZero() {
		parts |= partGroup
	}
	if d.DACL != nil {
		parts |= partDACL
	}
	if d.SACL != nil {
		parts |= partSACL
	}
	return parts
}

func explicit(entries []sd.ACE) []sd.ACE {
	return slices.DeleteFunc(entries, func(e sd.ACE) bool { return e.Flags&sd.Inherited != 0 })
}

// descriptorRights is what writing the parts takes.
func descriptorRights(parts int) sd.Mask {
	var want sd.Mask
	if parts&partDACL != 0 {
		want |= sd.WriteDACL
	}
	if parts&(partOwner|partGroup) != 0 {
		want |= sd.WriteOwner
	}
	return want
}
