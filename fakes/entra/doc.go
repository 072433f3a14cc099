// Package entra is the cloud tenant: its users, groups, licences, roles and
// Password reset policy, what people have registered, the audit log, and the
// one brain that decides who may reset, by which gates, and why not.
//
// The brain is made of pure functions ([Decide], [Usable], [Policy.Problems],
// [NeedsRegistration]) that take policy, person and time and name the rule
// their verdict rests on. The surfaces (packages below this one) render what
// it says; they decide nothing.
//
// Modelled: the Password reset blade of R-POL, the eligibility chain of
// R-ELG, registration by R-REG, throttling by R-RST-68..76 and R-RST-78, the
// audit activities of R-AUD, notifications by R-NOT.
//
// Not modelled here: Conditional Access, Identity Protection, guests' home
// tenants, group-based licensing, the migration to the Authentication methods
// policy (R-POL-52..57), the propagation delays of R-POL-08 (settings hold at
// once), and the limits of telephone providers (R-RST-77).
package entra
