// Package lab is a running lab: an on-premises directory, a cloud tenant, a
// Connect agent, phones and a mail catcher, started together and stopped
// together.
//
//	l, err := lab.Start(ctx, lab.Config{})
//	if err != nil { … }
//	defer l.Stop()
//	// people act at l.Endpoints.Office + "/", and so on
//
// The parts run in this process, or each in a container: [Config].Directory
// chooses the directory and with it the place. Each listens on the loopback
// address and speaks its real protocol over TLS of the lab's authority (SMTP
// excepted), so nothing depends on where a part runs. Several labs run side by
// side; each has its own clock, seed, tenant and directory. A [Fleet] keeps
// containers for labs that come one after the other, and lends one directory to
// labs that run at the same time, if each keeps to a tree of its own
// ([Config.Tree]).
//
// The directory may also be one of the user's, which package own reads from a
// file. Then the lab keeps to a tree of its own (package tree) below the one
// unit that is named there, and changes neither policy nor clock; see [Own].
//
// The lab's hosts are under ssprlab.localhost: names that browsers resolve to
// the loopback address by themselves, so a running lab can be visited without
// changing the machine.
//
// Not modelled: several tenants, directories or agents in one lab, a network
// between the parts that delays or loses, and a lab that survives its process:
// nothing is kept.
package lab
