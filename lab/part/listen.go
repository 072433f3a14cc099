package part

import (
	"fmt"
	"net"
	"slices"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// Listen opens the listeners of a process: pages and control at one address,
// and SMTP or LDAPS at another, which a part that has neither leaves "". Give
// it loopback addresses outside of a container: what a lab tells is not for
// others.
func Listen(kind Kind, pages, other string) (*Process, error) {
	ln, err := open(pages)
	if err != nil {
		return nil, err
	}
	p := &Process{Kind: kind, HTTPS: ln, failed: make(chan error, 1)}
	if other == "" {
		return p, nil
	}
	if p.other, err = open(other); err != nil {
		ln.Close()
		return nil, err
	}
	p.otherAddress = p.other.Addr().String()
	return p, nil
}

// listenOther returns the listener of SMTP or LDAPS for the next part; the part
// before has closed its own.
func (p *Process) listenOther() (net.Listener, error) {
	if ln := p.other; ln != nil {
		p.other = nil
		return ln, nil
	}
	if p.otherAddress == "" {
		return nil, fmt.Errorf("the %s needs an address beside that of its pages", p.Kind)
	}
	return open(p.otherAddress)
}

// open listens at an address that the caller has been told.
func open(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w (is the port taken? 0 takes any free one)", err)
	}
	return ln, nil
}

// Port is that of the pages.
func (p *Process) Port() int { return p.HTTPS.Addr().(*net.TCPAddr).Port }

// Address is where something of a process is.
type Address struct{ Name, URL string }

// Addresses lists where a process can be visited.
func (p *Process) Addresses() []Address {
	at := places(p.Kind)
	for i := range at {
		at[i].URL = fmt.Sprintf("https://%s:%d/", at[i].URL, p.Port())
	}
	at = append(at, Address{"control", fmt.Sprintf("https://%s:%d", p.Kind.ControlHost(), p.Port())})
	switch p.Kind {
	case KindMail:
		at = append(at, Address{"smtp", p.otherAddress})
	case KindDirectory:
		at = append(at, Address{"directory", "ldaps://" + p.otherAddress})
	}
	return slices.Clip(at)
}

// places are the names of a part's pages with their hosts.
func places(k Kind) []Address {
	switch k {
	case KindTenant:
		return []Address{
			{"office", entra.OfficeHost + "." + Domain}, {"password reset", entra.ResetHost + "." + Domain}, {"security info", entra.SecurityInfoHost + "." + Domain},
			{"my account", entra.AccountHost + "." + Domain}, {"portal", entra.PortalHost + "." + Domain}, {"graph", entra.GraphHost + "." + Domain},
		}
	case KindDirectory:
		return nil
	}
	return []Address{{"pages", k.Host()}}
}
