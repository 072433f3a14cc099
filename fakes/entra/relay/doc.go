// Package relay is the cloud's end of password writeback: an agent dials out
// to it and keeps a listener open, the tenant hands it operations, and the
// verdicts come back while the person waits (R-WB-02..04). A [Relay] is the
// tenant's [entra.Agent] and the handler of the host "relay.".
//
// The routes, all JSON over HTTPS, whose documents are in package envelope. An agent shows its id and its secret (HTTP
// Basic), a person the access token of the sign-in (Bearer):
//
//	GET    /v1/account                     Bearer  who the token is, and what may be done: Account
//	POST   /v1/agents                      Bearer  install an agent: Installation -> Credentials
//	POST   /v1/agents/{id}/onboarding      Bearer  enable writeback: Onboarding -> Credentials
//	POST   /v1/agents/{id}/offboarding     Bearer  disable writeback: Onboarding -> Credentials
//	PUT    /v1/agents/{id}/key             Basic   the agent's public key: Key
//	GET    /v1/agents/{id}/operations      Basic   the listener: lines of Message, without end
//	DELETE /v1/agents/{id}/operations      Basic   the agent takes leave
//	POST   /v1/agents/{id}/verdicts        Basic   a list of Verdict
//	POST   /v1/agents/{id}/heartbeat       Basic   Beat, every 5 minutes (R-WB-07)
//
// Modelled: onboarding with licence and role (R-AAC-04, R-AAC-13), the secret
// that rolls with it (R-WB-04), one key per agent, sealed operations, their
// expiry (R-GAP-51), the heartbeat (R-GAP-50), and that what was given up is
// never delivered (R-RST-54). Pass-through sign-in takes the same way before
// writeback is enabled (R-AAC-41).
//
// Not modelled: the product's own protocol, which is not public (routes and
// bytes are the lab's), its two relays for redundancy (R-WB-09), the rolling
// of keys every six months, and federated domains (R-WB-86).
package relay
