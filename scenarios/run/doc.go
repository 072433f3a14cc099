// Package run runs scenarios: it starts a lab for each, brings it into the
// scenario's state, lets the people act, and holds what is expected against
// what the lab's own protocols tell.
//
// A journey acts through pages, phones and mail programs; an expectation reads
// through LDAP, Graph, the mail API, the phone's API and the agent's event log.
// Nothing looks into a part's memory, so a scenario says nothing of where it
// runs. Scenarios share nothing but the driver and the lab's authority, and may
// run in parallel.
//
// To add an act, write its method on [actor] in the file of its family and name
// it in act.go.
//
// Not modelled: directories other than the embedded one, and people who act at
// the same time: the steps of a scenario come one after another.
package run
