// Package sd reads and writes Windows security descriptors in the
// self-relative form in which a directory keeps them in nTSecurityDescriptor,
// and the two kinds of names they are made of: security identifiers (SID) and
// GUIDs.
//
// Modelled: owner, group, discretionary and system ACL; allow, deny and audit
// entries, plain or bound to an object type, with their inheritance flags; the
// well-known rights that a password reset touches (R-WB-25, R-WB-26, R-WB-29).
// Entries of any other type survive a round trip as opaque bytes. Not
// modelled: the SDDL text form, absolute descriptors, and who may do what: that
// is decided by the directory which keeps the descriptor.
package sd
