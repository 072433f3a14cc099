// Package house proves by tests the rules that hold for the whole tree, the
// ones of the design that no package can prove for itself:
//
//   - parts talk only by their protocols: who may import whom (imports);
//   - one clock, one seed: who may ask the machine for time or chance (calls);
//   - guard rails: every listener on loopback, fictional names, no secret in a
//     log or a report (listen, fictional, secrets);
//   - many labs side by side in one process (many);
//   - every stop is clean, after success, Ctrl-C and SIGKILL; and a part that
//     dies in the middle ends what needs it (stop, killed, unplugged).
//
// The rules of the source are held against the syntax of every Go file, tests
// included where the rule says so. An exception stands in a list with its
// reason, and an exception that nothing needs any more is a failure too.
//
// Not here: the remaining rules, which the conformance suites (the two axes),
// the catalogue's check (rules and their proofs) and the packages' own tests
// prove; and systems other than Linux for what is read from /proc.
package house
