package sd

// The GUIDs and SIDs below are the same in every domain.

// known turns the sixteen bytes of a GUID, in the order of its text, into the
// directory's order.
func known(text GUID) GUID { return text.swapped() }

// ResetPassword is the extended right to set a password without knowing the
// old one (R-WB-25).
func ResetPassword() GUID {
	return known(GUID{0x00, 0x29, 0x95, 0x70, 0x24, 0x6d, 0x11, 0xd0, 0xa7, 0x68, 0x00, 0xaa, 0x00, 0x6e, 0x05, 0x29})
}

// ChangePassword is the extended right to change a password with the old one
// (R-WB-30, R-WB-110a).
func ChangePassword() GUID {
	return known(GUID{0xab, 0x72, 0x1a, 0x53, 0x1e, 0x2f, 0x11, 0xd0, 0x98, 0x19, 0x00, 0xaa, 0x00, 0x40, 0x52, 0x9b})
}

// UnexpirePassword is the extended right, given on the domain's root, without
// which a reset leaves the password expired (R-WB-26, R-WB-28).
func UnexpirePassword() GUID {
	return known(GUID{0xcc, 0xc2, 0xdc, 0x7d, 0xa6, 0xad, 0x4a, 0x7a, 0x88, 0x46, 0xc0, 0x4e, 0x3c, 0xc5, 0x35, 0x01})
}

// GetChanges is the extended right Replicating Directory Changes (R-WB-29).
func GetChanges() GUID {
	return known(GUID{0x11, 0x31, 0xf6, 0xaa, 0x9c, 0x07, 0x11, 0xd1, 0xf7, 0x9f, 0x00, 0xc0, 0x4f, 0xc2, 0xdc, 0xd2})
}

// GetChangesAll is the extended right Replicating Directory Changes All, which
// includes secrets (R-WB-29).
func GetChangesAll() GUID {
	return known(GUID{0x11, 0x31, 0xf6, 0xad, 0x9c, 0x07, 0x11, 0xd1, 0xf7, 0x9f, 0x00, 0xc0, 0x4f, 0xc2, 0xdc, 0xd2})
}

// LockoutTime is the attribute lockoutTime (R-WB-25).
func LockoutTime() GUID {
	return known(GUID{0x28, 0x63, 0x0e, 0xbf, 0x41, 0xd5, 0x11, 0xd1, 0xa9, 0xc1, 0x00, 0x00, 0xf8, 0x03, 0x67, 0xc1})
}

// PwdLastSet is the attribute pwdLastSet (R-WB-25).
func PwdLastSet() GUID {
	return known(GUID{0xbf, 0x96, 0x7a, 0x0a, 0x0d, 0xe6, 0x11, 0xd0, 0xa2, 0x85, 0x00, 0xaa, 0x00, 0x30, 0x49, 0xe2})
}

// UserClass is the object class user.
func UserClass() GUID {
	return known(GUID{0xbf, 0x96, 0x7a, 0xba, 0x0d, 0xe6, 0x11, 0xd0, 0xa2, 0x85, 0x00, 0xaa, 0x00, 0x30, 0x49, 0xe2})
}

func fixed(authority uint64, sub ...uint32) SID {
	s := SID{revision: 1, count: byte(len(sub)), authority: authority}
	copy(s.sub[:], sub)
	return s
}

// Everyone is S-1-1-0.
func Everyone() SID { return fixed(1, 0) }

// CreatorOwner is S-1-3-0: in an inheritable entry, the owner of the new object.
func CreatorOwner() SID { return fixed(3, 0) }

// Anonymous is S-1-5-7: whoever has not bound.
func Anonymous() SID { return fixed(5, 7) }

// Self is S-1-5-10: the object itself, so in a user's entries that user.
func Self() SID { return fixed(5, 10) }

// AuthenticatedUsers is S-1-5-11: whoever has bound.
func AuthenticatedUsers() SID { return fixed(5, 11) }

// System is S-1-5-18: the directory service itself.
func System() SID { return fixed(5, 18) }

// Administrators is S-1-5-32-544.
func Administrators() SID { return fixed(5, 32, 544) }
