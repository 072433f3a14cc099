package sd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Control is the set of control bits of a descriptor.
type Control uint16

// The control bits that matter in a directory. SelfRelative, DACLPresent and
// SACLPresent are set by [Descriptor.Marshal] as they apply.
const (
	DACLPresent       Control = 0x0004
	SACLPresent       Control = 0x0010
	DACLAutoInherited Control = 0x0400
	SACLAutoInherited Control = 0x0800
	DACLProtected     Control = 0x1000 // the DACL takes nothing over from above (R-WB-27)
	SACLProtected     Control = 0x2000
	SelfRelative      Control = 0x8000
)

const (
	headerSize      = 20
	aclHeaderSize   = 8
	aclRevision     = 2
	aclRevisionDS   = 4 // of a list with entries of an object type
	maxACLSize      = 0xffff
	smallestACESize = 4
)

// ACL is an access control list.
type ACL struct {
	// Revision is 2 or 4; 0 lets Marshal choose. It chooses 4 in any case when
	// there is an entry of an object type.
	Revision byte
	Entries  []ACE
}

// Descriptor is a security descriptor. A nil DACL is one that is not there,
// which leaves the object open to everyone; an empty one closes it.
type Descriptor struct {
	Control Control
	Owner   SID // zero: none
	Group   SID // zero: none
	SACL    *ACL
	DACL    *ACL
}

// Parse reads a self-relative descriptor, such as a value of
// nTSecurityDescriptor. The result shares nothing with b.
func Parse(b []byte) (*Descriptor, error) {
	if len(b) < headerSize {
		return nil, fmt.Errorf("parse security descriptor: %d bytes, expected at least %d", len(b), headerSize)
	}
	d := &Descriptor{Control: Control(binary.LittleEndian.Uint16(b[2:]))}
	if b[0] != 1 || d.Control&SelfRelative == 0 {
		return nil, fmt.Errorf("parse security descriptor: revision %d, control %#04x: expected revision 1, self-relative",
			b[0], uint16(d.Control))
	}
	if err := d.readParts(b); err != nil {
		return nil, fmt.Errorf("parse security descriptor: %w", err)
	}
	return d, nil
}

func (d *Descriptor) readParts(b []byte) error {
	var err error
	if d.Owner, err = sidAt(b, 4); err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	if d.Group, err = sidAt(b, 8); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	if d.Control&SACLPresent != 0 {
		if d.SACL, err = aclAt(b, 12); err != nil {
			return fmt.Errorf("system ACL: %w", err)
		}
	}
	if d.Control&DACLPresent != 0 {
		if d.DACL, err = aclAt(b, 16); err != nil {
			return fmt.Errorf("discretionary ACL: %w", err)
		}
	}
	return nil
}

// partAt returns what the offset in the field at says; nil if it says nothing.
func partAt(b []byte, field int) ([]byte, error) {
	offset := binary.LittleEndian.Uint32(b[field:])
	if offset == 0 {
		return nil, nil
	}
	if offset < headerSize || uint64(offset) >= uint64(len(b)) {
		return nil, fmt.Errorf("offset %d is outside the descriptor of %d bytes", offset, len(b))
	}
	return b[offset:], nil
}

func sidAt(b []byte, field int) (SID, error) {
	part, err := partAt(b, field)
	if part == nil {
		return SID{}, err
	}
	s, _, err := readSID(part)
	return s, err
}

func aclAt(b []byte, field int) (*ACL, error) {
	part, err := partAt(b, field)
	if part == nil {
		return nil, err
	}
	return readACL(part)
}

func readACL(b []byte) (*ACL, error) {
	if len(b) < aclHeaderSize {
		return nil, errors.New("it ends within its header")
	}
	size, count := int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint16(b[4:]))
	if size < aclHeaderSize || size > len(b) {
		return nil, fmt.Errorf("it claims %d bytes, %d are there", size, len(b))
	}
	if b[0] != aclRevision && b[0] != aclRevisionDS {
		return nil, fmt.Errorf("revision %d, expected 2 or 4", b[0])
	}
	b, revision := b[aclHeaderSize:size], b[0]
	if count > len(b)/smallestACESize {
		return nil, fmt.Errorf("it claims %d entries in %d bytes", count, len(b))
	}
	l := &ACL{Revision: revision, Entries: make([]ACE, 0, count)}
	for i := range count {
		e, n, err := readACE(b)
		if err != nil {
			return nil, fmt.Errorf("entry %d of %d: %w", i+1, count, err)
		}
		l.Entries = append(l.Entries, e)
		b = b[n:]
	}
	return l, nil
}

// Marshal returns the self-relative form. It returns an error when an entry or
// a list exceeds 64 KiB.
func (d *Descriptor) Marshal() ([]byte, error) {
	control := d.Control&^(DACLPresent|SACLPresent) | SelfRelative
	b := make([]byte, headerSize, 1024)
	b[0] = 1
	for _, list := range []struct {
		acl     *ACL
		present Control
		field   int
	}{{d.SACL, SACLPresent, 12}, {d.DACL, DACLPresent, 16}} {
		if list.acl == nil {
			continue
		}
		control |= list.present
		binary.LittleEndian.PutUint32(b[list.field:], uint32(len(b)))
		var err error
		if b, err = list.acl.append(b); err != nil {
			return nil, fmt.Errorf("write security descriptor: %w", err)
		}
	}
	b = appendSIDAt(b, 4, d.Owner)
	b = appendSIDAt(b, 8, d.Group)
	binary.LittleEndian.PutUint16(b[2:], uint16(control))
	return b, nil
}

func appendSIDAt(b []byte, field int, s SID) []byte {
	if s.IsZero() {
		return b
	}
	binary.LittleEndian.PutUint32(b[field:], uint32(len(b)))
	return s.append(b)
}

func (l *ACL) append(b []byte) ([]byte, error) {
	start := len(b)
	b = append(b, l.revision(), 0, 0, 0, 0, 0, 0, 0)
	var err error
	for _, e := range l.Entries {
		if b, err = e.append(b); err != nil {
			return nil, err
		}
	}
	size := len(b) - start
	if size > maxACLSize {
		return nil, fmt.Errorf("write access control list of %d entries: %d bytes, at most %d fit", len(l.Entries), size, maxACLSize)
	}
	binary.LittleEndian.PutUint16(b[start+2:], uint16(size))
	binary.LittleEndian.PutUint16(b[start+4:], uint16(len(l.Entries)))
	return b, nil
}

func (l *ACL) revision() byte {
	if l.Revision == aclRevisionDS || slices.ContainsFunc(l.Entries, func(e ACE) bool { return e.Type.bound() }) {
		return aclRevisionDS
	}
	return aclRevision
}

// Append adds entries to the DACL, which it makes if there is none, and keeps
// the canonical order: explicit denials, explicit grants, then what is
// inherited, which stays as it is. An entry that is there already is not added
// again.
func (d *Descriptor) Append(entries ...ACE) {
	if d.DACL == nil {
		d.DACL = &ACL{}
	}
	for _, e := range entries {
		if !slices.ContainsFunc(d.DACL.Entries, e.same) {
			d.DACL.Entries = slices.Insert(d.DACL.Entries, d.DACL.position(e), e)
		}
	}
}

func (e ACE) same(f ACE) bool {
	return e.Type == f.Type && e.Flags == f.Flags && e.Mask == f.Mask && e.Object == f.Object &&
		e.InheritedObject == f.InheritedObject && e.SID == f.SID && slices.Equal(e.Data, f.Data)
}

// position is behind the last entry of e's rank or a lower one.
func (l *ACL) position(e ACE) int {
	i := slices.IndexFunc(l.Entries, func(f ACE) bool { return f.rank() > e.rank() })
	if i < 0 {
		return len(l.Entries)
	}
	return i
}

func (e ACE) rank() int {
	switch {
	case e.Flags&Inherited != 0:
		return 2
	case e.Denies():
		return 0
	}
	return 1
}
