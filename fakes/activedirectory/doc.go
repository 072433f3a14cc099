// Package activedirectory is an LDAP server with the semantics of an Active
// Directory domain controller, as far as passwords, lockout, delegation and
// synchronisation of people need them. It starts in well under a millisecond
// with a bare domain; organisational units, people, groups, delegations and
// policies are made by clients over LDAP, as on a real domain controller.
//
// Modelled, by the rules R-WB-32..38, R-WB-96..110b, R-PWD-17 and R-PWD-18,
// where Samba and the real product differ as Samba does it: bind by
// distinguished name, user principal name and DOMAIN\name with the sub-codes
// of AcceptSecurityContext; passwords set and changed through unicodePwd with
// length, complexity, history and ages of the domain or of fine-grained
// settings; lockout on the lab's clock; access lists with inheritance and
// extended rights; links and back links; search with every kind of filter,
// paging, sorting and the limit of 1,000 entries without paging (which is the
// real product's, not Samba's); rename, move, tree delete; LDAPS and StartTLS.
//
// Not modelled: SASL, Kerberos and signing; replication, DirSync, show-deleted
// and notification (what is deleted is gone); the schema as objects; the
// global catalogue; computers, inetOrgPerson and most other classes;
// primary groups other than Domain Users; logon hours and workstations; the cut
// after 1,500 values, though a range is served where it is asked for; adminCount and AdminSDHolder, which Samba leaves alone too
// (R-WB-109); policy hints (R-WB-99). What is unknown is refused with the real
// product's code and noted in the log.
package activedirectory
