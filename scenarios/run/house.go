package run

import (
	"context"
	"fmt"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// House is a lab in the state a scenario starts from, for people to walk about
// in.
type House struct {
	Lab    *lab.Lab
	People []Resident
	world  *world
}

// Resident is a person of the house, with the password: this is for the
// person at the terminal who started it.
type Resident struct {
	Name     string   `json:"name"`
	UserName string   `json:"userName"`
	Password string   `json:"password"`
	From     string   `json:"from"`
	Roles    []string `json:"roles,omitempty"`
	Mobile   string   `json:"mobile,omitempty"`
	Mail     string   `json:"mail,omitempty"`
	// Alternate is the alternate e-mail address.
	Alternate string `json:"alternateMail,omitempty"`
}

// Open starts a lab in a scenario's state and in its first era. No step is
// taken, and of the options those about steps have no effect.
func Open(ctx context.Context, s *script.Scenario, o Options) (*House, error) {
	o.Redactor, o.NoEvidence = new(report.Redactor), true
	w, err := newWorld(ctx, s, s.Eras[0], o, false)
	if err != nil {
		return nil, fmt.Errorf("open the house of %q: %w", s.Name, err)
	}
	h := &House{Lab: w.lab, world: w}
	for _, a := range w.people() {
		p := a.person
		h.People = append(h.People, Resident{Name: p.Name, UserName: p.UPN, Password: a.password, From: string(p.From), Roles: p.Roles, Mobile: p.Mobile, Mail: p.Mail, Alternate: p.AlternateEmail})
	}
	return h, nil
}

// Close stops the lab.
func (h *House) Close() error { return h.world.close() }
