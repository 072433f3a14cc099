// Package envelope is the wire format between the tenant's relay and a Connect
// agent: the documents of its routes, the messages, and how an operation is
// sealed so that nobody but the agent can read the passwords in it.
//
// An operation is packed as JSON under AES-256-GCM with a key of its own, and
// that key under RSA-OAEP (SHA-256) with the agent's RSA-2048 key (R-WB-06).
// What is not secret (the agent, the number, the expiry) is bound to the
// package, so that it cannot be moved to another operation. An ordinary message
// stays under 1 KB (R-WB-07).
//
// Modelled: the cryptography and its strengths. Not modelled: the product's own
// bytes, which are not public. The format is the lab's own.
package envelope
