// Package directory is the on-premises directory seen from outside: what a
// Connect agent, an administrator and a test may know of it and do to it, over
// LDAP and by nothing else. The same calls serve the embedded directory, a
// domain controller in a container and a directory of the user's own.
//
// Modelled, in the dialects of Active Directory and of OpenLDAP: reading
// accounts, groups and the effective password policy; what has changed since an
// update sequence number; set and change of a password, unlock, forced change;
// making, moving and removing objects; delegation of the rights that password
// writeback needs. What the directory refuses comes back as a [Refusal] whose
// [Reason] is the same whichever server said it, in whichever words (R-WB-38,
// R-WB-97 to R-WB-117). Calls are described by what Active Directory does;
// where OpenLDAP does otherwise is kept by the package conformance, in a table.
//
// Connections are few and kept. A read that dies with its connection is
// repeated once on a new one; a write is repeated only if not a byte of it was
// sent, and otherwise fails with [Refusal.OutcomeUnknown], because a password
// that was set twice is two entries of history.
//
// Not modelled: Kerberos and SASL binds, referrals to other domains, several
// controllers and the delay between them (R-WB-42), and password hashes.
// Deletions are not reported by [Directory.Changes]: the tombstones are hidden
// from an ordinary connector account, so the caller compares with
// [Directory.Anchors].
package directory
