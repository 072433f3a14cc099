// Package checkup examines a directory of the user's own for password
// writeback, and writes what it found in a form that an administrator can paste
// into a ticket: which directory it is, which right the connector account lacks
// by name, what each lack will mean for people, the command that grants it, and
// how the directory answers the conformance cases.
//
// It works below the one unit that the configuration names, in a tree of its
// own that it removes. A right is judged twice: by the access lists, as the
// account that sets people up reads them, and by trying it as the connector
// account. What was tried decides; the lists tell of what cannot be tried.
//
// Not modelled: what lies outside of the directory and blocks resets all the
// same, such as the policy that restricts remote calls to SAM (R-WB-30), and
// other controllers than the one that is asked.
package checkup
