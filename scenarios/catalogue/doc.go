// Package catalogue is the contract of the lab: the behaviour of self-service
// password reset as rules with an id, a source and a confidence, and the check
// that tells which rules the lab implements, which it proves, and which it
// does not model.
//
// The rules are data, in rules.tsv, one line each: id, section, confidence,
// eras, sources, text. What the source keys stand for is in sources.tsv. What
// the lab leaves out, and why, is in not-modelled.yml. Rule texts are the
// project's own words; only identifiers of the product are literal.
//
// Code that implements a rule names its id in a comment; a scenario lists the
// ids it proves under rules:, a test names them. [Coverage] reads a tree of
// files once and finds those names. An id may stand for several: R-WB-97..110,
// R-POL-38/39, R-PWD-31a..o, or R-PWD-31 for the same. A range follows the order
// of the catalogue. What a comment names after the words "Not modelled" counts
// neither as implemented nor as proved, nor does what the packages that read
// scenarios and write reports hold as examples. A line with catalogue:ignore is
// passed over altogether.
//
// Not modelled: whether code that names a rule really behaves so. That is
// what the proofs are for.
package catalogue
