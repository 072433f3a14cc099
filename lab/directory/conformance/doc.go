// Package conformance is what every directory of the lab has to do, as a list
// of cases that any of them runs: the embedded one, Samba in a container, a
// user's own test directory. Each case names the rules it proves and the
// answer it expects: reason, result code and sub-code.
//
// [Run] runs them as a test. [Cases] and [Case.Play] serve who wants to put
// the answers of two directories side by side.
//
// Modelled: binds and their sub-codes, set and change of passwords with every
// refusal, lockout and its end, forced change, fine-grained policies,
// delegation and what each missing right does, reading, paging, changes by
// update sequence number, and the making, moving and removing of objects. Not
// modelled: what only a second controller shows, and load.
//
// A case works in an organisational unit of its own and removes it. Most also
// replace the domain's password policy or make something outside of that unit,
// so run them against nothing that people use; for a directory that people do
// use, [Subject.Under] leaves these out and confines the others to one unit.
package conformance
