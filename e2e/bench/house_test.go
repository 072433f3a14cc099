package bench

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// houseText is the state that journeys start from: a hybrid organisation whose
// people have registered a mailbox, with writeback, unlock and notifications.
const houseText = `name: The house that journeys are measured in
about: Everybody is of the directory and resets by mail.
rules: [R-RST-16]
directory:
  password policy: {minimum length: 8, history: 5, minimum age: 0 days}
tenant:
  password reset:
    enabled: all
    methods required: 1
    methods: [email]
    notifications: {users: yes}
    unlock without reset: yes
people:
`

// crowd is how many people reset; each has a journey of the own at a time.
const crowd = 64

// house is a running lab with its people.
type house struct {
	*run.House
	authority *pki.Authority
	tenant    *setup.Client
	mail      *mailbox.Mailbox
	people    chan *person // who has no journey under way
	all       []*person
}

// person is somebody who forgets the password again and again.
type person struct {
	upn, mailbox  string
	password, old string
	journeys      int
}

// forget has the person think of a new password.
func (p *person) forget() (fresh string) {
	p.journeys++
	return fmt.Sprintf("Heron-%05d-Otter", p.journeys)
}

func openHouse(b *testing.B) *house {
	b.Helper()
	authority, err := pki.NewAuthority()
	if err != nil {
		b.Fatal(err)
	}
	opened, err := run.Open(b.Context(), crowdedHouse(b), run.Options{Authority: authority, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { opened.Close() })
	l := opened.Lab
	h := &house{House: opened, authority: authority, people: make(chan *person, crowd),
		tenant: setup.NewClient(l.Endpoints.TenantControl, l.HTTP()), mail: mailbox.New(l.Endpoints.Mail, l.HTTP())}
	for _, r := range opened.People {
		p := &person{upn: r.UserName, mailbox: r.Alternate, password: r.Password}
		h.all = append(h.all, p)
		h.people <- p
	}
	return h
}

func crowdedHouse(b *testing.B) *script.Scenario {
	var text strings.Builder
	text.WriteString(houseText)
	for i := range crowd {
		fmt.Fprintf(&text, "  p%02d: {name: Person %02d, from: directory, licence: AAD_PREMIUM, alternate email: p%02d@home.example.net, registered: [email]}\n", i, i, i)
	}
	text.WriteString("steps:\n  - name: Nothing is played\n    after: 1 second\n")
	list, problems := script.Parse("bench.yaml", []byte(text.String()))
	if len(problems) > 0 || len(list) != 1 {
		b.Fatalf("the house is not in order: %v", problems)
	}
	return list[0]
}

// reset is the address of the reset portal.
func (h *house) reset() string { return h.Lab.Endpoints.PasswordReset + "/" }

// proveResets holds the directory against what people believe: the new
// password binds, the one before it does not.
func (h *house) proveResets(b *testing.B) {
	b.Helper()
	d, err := directory.Open(b.Context(), h.Lab.Directory())
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	proved := 0
	for _, p := range h.all {
		if p.journeys == 0 {
			continue
		}
		if err := d.Authenticate(b.Context(), p.upn, p.password); err != nil {
			b.Errorf("after %d journeys %s does not bind with the new password: %v", p.journeys, p.upn, err)
		}
		if err := d.Authenticate(b.Context(), p.upn, p.old); err == nil {
			b.Errorf("after %d journeys %s still binds with the old password", p.journeys, p.upn)
		}
		proved++
	}
	if proved == 0 {
		b.Error("nobody has reset a password")
	}
}
