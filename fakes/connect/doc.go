// Package connect is the Connect agent: the service on a server of the
// corporate network that synchronises people and groups to the tenant, carries
// resets, changes and unlocks back to the directory, answers pass-through
// sign-ins, and the wizard that configures it.
//
// It talks by protocols alone. To the directory by LDAP, as the connector
// account; to the cloud by HTTPS, and only outwards (R-WB-03): the token
// endpoint, the relay (package fakes/entra/relay says how) and provisioning.
//
// Modelled:
//   - the wizard's pages in their order, first run and later runs (R-AAC-01,
//     R-AAC-14, R-AAC-15), with the scheduler suspended meanwhile (R-AAC-16)
//   - full and delta cycles every 30 minutes of the lab's clock (R-AAC-18), the
//     default filter and mapping, filtering by organisational unit, staging
//     mode (R-AAC-27) and the guard against mass deletion (R-AAC-21)
//   - the operations of R-WB-13..23 with the checks that a domain controller
//     leaves to the real product: disabled and protected accounts (R-WB-87,
//     R-WB-104, R-WB-109), minimum age and history of a reset (R-WB-98,
//     R-GAP-29), and the events that tell of them (7.7)
//   - a service that loses its cloud or its directory and finds them again
//
// History on a reset is the controller's where it knows the policy-hints
// control (R-WB-34). Where it does not (R-WB-99), the agent refuses what it has
// itself written or seen to be right at a sign-in, as far back as the policy
// says; it keeps salted verifiers under a key that lives as long as the process.
// A password it never saw it cannot refuse.
//
// A clock that jumps leaves out beats of the heart: the agent beats when the
// jump is over, and whenever the relay asks. Cycles are not left out; an idle
// one costs a single read.
//
// Not modelled: password hash synchronisation, federation, several forests,
// device and group writeback, the SQL database, the rules editor, writing of
// mS-DS-ConsistencyGuid, and upgrade. Pages for these say so with status 501.
package connect
