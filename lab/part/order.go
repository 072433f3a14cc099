package part

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// Order is what a [Process] is told to be from now on. It is JSON on the wire.
type Order struct {
	Kind  Kind
	Seed  uint64
	Era   entra.Era
	Ahead time.Duration // what the lab's clock is ahead of the machine's
	// Routes lead to the other parts; none: everything is on this machine.
	Routes Routes `json:",omitempty"`
	// Part is the description, of the type that goes with Kind.
	Part json.RawMessage
}

// NewOrder orders a part of that description.
func NewOrder(d Description, seed uint64, era entra.Era, ahead time.Duration) (Order, error) {
	raw, err := json.Marshal(d)
	return Order{Kind: d.Kind(), Seed: seed, Era: era, Ahead: ahead, Part: raw}, err
}

// description reads what is ordered. An unknown field is an error, so that two
// versions of the lab do not misunderstand each other in silence.
func (o Order) description() (Description, error) {
	switch o.Kind {
	case KindTenant:
		return read[Tenant](o.Part)
	case KindConnect:
		return read[Connect](o.Part)
	case KindPhone:
		return read[Phone](o.Part)
	case KindMail:
		return read[Mail](o.Part)
	case KindDirectory:
		return read[Directory](o.Part)
	}
	return nil, fmt.Errorf("unknown part %q: expected one of %v", o.Kind, Kinds())
}

func read[D Description](raw json.RawMessage) (Description, error) {
	var d D
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return nil, fmt.Errorf("read the description of the %s: %w", d.Kind(), err)
	}
	return d, nil
}

// Status is what a [Process] answers.
type Status struct {
	Kind    Kind
	Running bool          // it has an order
	Ahead   time.Duration // of the part's clock
	Tenant  string        `json:",omitempty"` // id of the tenant
}

// dial is how the part reaches the others.
func (o Order) dial() Dial {
	if o.Routes == nil {
		return OnLoopback
	}
	return o.Routes.dial
}
