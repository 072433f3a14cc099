// Package token is the machine side of the tenant's login host: what OAuth and
// OpenID Connect clients speak to, and what the resource surfaces ask whether
// a bearer token is good.
//
// Modelled: discovery documents (v1 and v2), the key set, user realm and
// instance discovery, and the token endpoints with client credentials (secret
// in the form or by HTTP Basic), password, refresh token and authorization
// code; the errors of the product with their AADSTS numbers; the end of
// sessions with a new password (R-RST-58). Tokens live on the lab's clock.
//
// Not modelled: the authorize endpoint (the sign-in pages own it and hand over
// by [entra.Tenant.Issue]), PKCE (the store of grants keeps no challenge),
// device codes, on-behalf-of, certificates and assertions as client
// credentials, federated domains, consumer accounts, continuous access
// evaluation and group claims. What is known but not modelled is answered with
// 501 and noted by [entra.Tenant.Unhandled].
package token
