// Package supervise is the first process of a directory's container, and the
// client that speaks to it. It starts the directory server under libfaketime
// and serves a control over HTTPS, by which a lab asks for the pristine
// directory and moves its clock.
//
//	POST /fresh   [Fresh]  the pristine directory, at a date, with a certificate
//	POST /clock   [Clock]  move the directory's clock forward
//	GET  /status           what runs
//
// Each answers with a [Status], or with an error in words, and only when it
// has become true: a fresh directory has accepted its administrator's bind
// over TLS, a moved clock has been read back from the directory. No server runs
// before the first POST /fresh, because its certificate, its domain and its
// date come with that.
//
// A server that ends by itself ends the supervisor too, with an error that
// carries the server's last words, so that the container stops.
//
// Which servers there are is the table of [Kinds]. What lies in an image at
// which place is said there, and is all that an image has to keep to.
//
// Modelled: one server, one domain, a clock that runs at the speed of the
// machine's and is moved while the server runs. Not modelled: several domain
// controllers, and a clock that goes back without a fresh directory.
package supervise
