package lab

import (
	"context"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/part"
)

// body is where the parts of a lab run.
type body interface {
	// settle finds a place for every part. The tenant's pages get the port, if
	// it is not 0.
	settle(ctx context.Context, port int) (places, error)
	// open makes a part at its place.
	open(ctx context.Context, d part.Description) (part.Status, error)
	// directory brings up an empty directory of that domain and tells where it
	// is.
	directory(ctx context.Context, domain string) (directoryAt, error)
	// follow moves the clocks of the parts to what the lab's is ahead of the
	// machine's. Parts that share the lab's clock are moved already.
	follow(ctx context.Context, ahead time.Duration) error
	// cut takes the agent off a network, without warning if asked so, and mend
	// puts it on all again.
	cut(ctx context.Context, n Network, warned bool) error
	mend(ctx context.Context) error
	// kill ends a part as a crash does.
	kill(ctx context.Context, k part.Kind) error
	// close ends every part, the last opened first.
	close() error
}

// newBody chooses where the parts run.
func (l *Lab) newBody() (body, error) {
	switch kind := l.config.Directory; kind {
	case Embedded:
		return newEmbedded(l)
	case Samba, OpenLDAP:
		if f := l.config.Fleet; f != nil && (f.config.Directory != kind || f.config.Authority != l.authority) {
			return nil, fmt.Errorf("the fleet is for %s, or for another authority: open one for this lab", f.config.Directory)
		}
		return &contained{lab: l, fleet: l.config.Fleet}, nil
	case Own:
		return newBorrowed(l)
	default:
		return nil, fmt.Errorf("directory %q: expected %s, %s, %s or %s", kind, Embedded, Samba, OpenLDAP, Own)
	}
}

// Network is one of the two networks that a lab has, as in life: the agent
// alone is on both.
type Network string

// The networks.
const (
	Corp  Network = "corp"  // the directory is here
	Cloud Network = "cloud" // tenant, phones and mail are here
)

// place is where a part listens.
type place struct {
	port   int    // of its pages and control
	other  string // host:port of what is not HTTP, as the lab's own process dials it
	inside string // the same, as the other parts dial it
}

type places map[part.Kind]place

// pages is the base URL of a part's pages.
func (p places) pages(k part.Kind) string {
	return fmt.Sprintf("https://%s:%d", k.Host(), p[k].port)
}

// control is the base URL of a part's control.
func (p places) control(k part.Kind) string {
	return fmt.Sprintf("https://%s:%d", k.ControlHost(), p[k].port)
}

// directoryAt is where an empty directory is, and how its administrator opens
// it.
type directoryAt struct {
	url    string // as the lab's own process dials it
	inside string // as the agent dials it
	name   string // in its certificate
	ca     string // PEM of who signed that; "" is who the machine trusts

	dialect        directory.Kind
	user, password string // of the administrator
}
