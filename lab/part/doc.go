// Package part makes the parts of a lab, each from a plain description, and
// runs one of them as a process of its own.
//
// A description ([Tenant], [Connect], [Phone], [Mail], [Directory]) says what a
// part is and whom it talks to, by addresses alone. Its Open makes the part: in
// the process of whoever asks, as a lab embedded in a test does, or in a
// [Process], which serves one part at addresses of its own and is told by
// [Client] over HTTPS to begin anew and which time it is. A lab in containers
// consists of such processes, and so does one that somebody starts by hand with
// "ssprlab serve".
//
// Pages and control of a part share a listener: the control answers to a host
// name of its own (mail-control.ssprlab.localhost).
//
// Not modelled: a part that survives its process, several parts in one process,
// and control that asks who is calling. A process listens on the loopback
// address unless it is told otherwise, which is meant for containers.
package part
