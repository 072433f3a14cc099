package sd

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Type is the type of an entry.
type Type byte

// The types of entries that this package takes apart.
const (
	Allow       Type = 0
	Deny        Type = 1
	Audit       Type = 2
	AllowObject Type = 5
	DenyObject  Type = 6
	AuditObject Type = 7
)

// Flags say how an entry is passed on to the objects below.
type Flags byte

// The inheritance flags, with their SDDL names.
const (
	ObjectInherit    Flags = 0x01 // OI: to objects that contain nothing
	ContainerInherit Flags = 0x02 // CI: to containers, which every directory object is
	NoPropagate      Flags = 0x04 // NP: to children, but no further
	InheritOnly      Flags = 0x08 // IO: not to the object that carries the entry
	Inherited        Flags = 0x10 // ID: the entry came from above
)

// Mask is a set of rights.
type Mask uint32

// Rights on directory objects, with their SDDL names.
const (
	CreateChild    Mask = 0x00000001 // CC
	DeleteChild    Mask = 0x00000002 // DC
	ListChildren   Mask = 0x00000004 // LC
	ValidatedWrite Mask = 0x00000008 // SW
	ReadProperty   Mask = 0x00000010 // RP
	WriteProperty  Mask = 0x00000020 // WP
	DeleteTree     Mask = 0x00000040 // DT
	ListObject     Mask = 0x00000080 // LO
	ControlAccess  Mask = 0x00000100 // CR: extended rights
	Delete         Mask = 0x00010000 // SD
	ReadControl    Mask = 0x00020000 // RC
	WriteDACL      Mask = 0x00040000 // WD
	WriteOwner     Mask = 0x00080000 // WO
	GenericAll     Mask = 0x10000000 // GA
	GenericExecute Mask = 0x20000000 // GX
	GenericWrite   Mask = 0x40000000 // GW
	GenericRead    Mask = 0x80000000 // GR

	// FullControl is every right that is not generic.
	FullControl Mask = 0x000f01ff
)

const (
	objectTypePresent          = 1
	inheritedObjectTypePresent = 2
)

// ACE is one entry of an access control list.
type ACE struct {
	Type  Type
	Flags Flags
	Mask  Mask

	// Object is the attribute, extended right or class the entry is about;
	// zero means all. Only entries of an object type carry it.
	Object GUID
	// InheritedObject is the class of the objects that take the entry over;
	// zero means any. Only entries of an object type carry it.
	InheritedObject GUID

	SID SID

	// Data is what follows the SID, or the whole body of an entry whose type
	// is none of the above. Usually nil.
	Data []byte
}

// AllowRight returns the entry (OA;CIIO;CR;right;class;sid), by which a
// container grants an extended right on the objects of class below it.
func AllowRight(sid SID, right, class GUID) ACE {
	return ACE{Type: AllowObject, Flags: ContainerInherit | InheritOnly, Mask: ControlAccess,
		Object: right, InheritedObject: class, SID: sid}
}

// AllowWrite returns the entry (OA;CIIO;WP;attribute;class;sid), by which a
// container lets sid write one attribute of the objects of class below it.
func AllowWrite(sid SID, attribute, class GUID) ACE {
	e := AllowRight(sid, attribute, class)
	e.Mask = WriteProperty
	return e
}

// Denies reports whether the entry takes rights away.
func (e ACE) Denies() bool { return e.Type == Deny || e.Type == DenyObject }

// Allows reports whether the entry gives rights.
func (e ACE) Allows() bool { return e.Type == Allow || e.Type == AllowObject }

func (t Type) known() bool { return t <= Audit || t.bound() }

// bound reports whether entries of the type may carry object types.
func (t Type) bound() bool { return t >= AllowObject && t <= AuditObject }

// readACE reads the entry at the start of b and tells its length.
func readACE(b []byte) (ACE, int, error) {
	if len(b) < 4 {
		return ACE{}, 0, errors.New("it ends within its header")
	}
	size := int(binary.LittleEndian.Uint16(b[2:]))
	if size < 4 || size > len(b) {
		return ACE{}, 0, fmt.Errorf("it claims %d bytes, %d are there", size, len(b))
	}
	e := ACE{Type: Type(b[0]), Flags: Flags(b[1])}
	body := b[4:size]
	if !e.Type.known() {
		e.Data = clone(body)
		return e, size, nil
	}
	return e, size, e.readBody(body)
}

func (e *ACE) readBody(b []byte) error {
	if len(b) < 4 {
		return errors.New("it ends within its mask")
	}
	e.Mask, b = Mask(binary.LittleEndian.Uint32(b)), b[4:]
	if e.Type.bound() {
		var err error
		if b, err = e.readObjectTypes(b); err != nil {
			return err
		}
	}
	sid, n, err := readSID(b)
	if err != nil {
		return err
	}
	e.SID, e.Data = sid, clone(b[n:])
	return nil
}

func (e *ACE) readObjectTypes(b []byte) ([]byte, error) {
	if len(b) < 4 {
		return nil, errors.New("it ends within its object flags")
	}
	present := binary.LittleEndian.Uint32(b)
	b = b[4:]
	for _, field := range []struct {
		flag uint32
		into *GUID
	}{{objectTypePresent, &e.Object}, {inheritedObjectTypePresent, &e.InheritedObject}} {
		if present&field.flag == 0 {
			continue
		}
		if len(b) < 16 {
			return nil, errors.New("it ends within its object types")
		}
		*field.into, b = GUID(b[:16]), b[16:]
	}
	return b, nil
}

// append adds the binary form of e to b.
func (e ACE) append(b []byte) ([]byte, error) {
	start := len(b)
	b = append(b, byte(e.Type), byte(e.Flags), 0, 0)
	if e.Type.known() {
		b = e.appendBody(b)
	}
	b = append(b, e.Data...)
	for (len(b)-start)%4 != 0 {
		b = append(b, 0)
	}
	size := len(b) - start
	if size > 0xffff {
		return nil, fmt.Errorf("write entry for %s: %d bytes, at most 65535 fit", e.SID, size)
	}
	binary.LittleEndian.PutUint16(b[start+2:], uint16(size))
	return b, nil
}

func (e ACE) appendBody(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(e.Mask))
	if e.Type.bound() {
		var present uint32
		if !e.Object.IsZero() {
			present |= objectTypePresent
		}
		if !e.InheritedObject.IsZero() {
			present |= inheritedObjectTypePresent
		}
		b = binary.LittleEndian.AppendUint32(b, present)
		if !e.Object.IsZero() {
			b = append(b, e.Object[:]...)
		}
		if !e.InheritedObject.IsZero() {
			b = append(b, e.InheritedObject[:]...)
		}
	}
	return e.SID.append(b)
}

func clone(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return append([]byte(nil), b...)
}
