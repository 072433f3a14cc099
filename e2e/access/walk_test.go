// Package access_test walks every page of every surface in its states (empty,
// refused, filled) and holds it against WCAG 2.0 to 2.2, levels A and AA, in a
// wide window and in a narrow one.
//
// With SSPRLAB_PICTURES=DIR it leaves a picture of every page there.
package access_test

import (
	"fmt"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/web"
)

func TestPagesAreAccessible(t *testing.T) {
	engine(t)
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	for _, width := range []int{1280, 400} {
		t.Run(fmt.Sprintf("now at %d px", width), func(t *testing.T) {
			s := newStage(t, width, lab.Config{Seed: 1})
			s.people()
			s.tour("portal", portal)
			s.tour("connect", connect)
			s.tour("integration", integration)
			s.tour("sign-in", signIn)
			s.tour("registration", registration)
			s.tour("security info", securityInfo)
			s.tour("account", account)
			s.tour("reset", reset)
			s.tour("gates", gates)
			s.tour("refusals", refusals)
			s.tour("hybrid", hybrid)
			s.tour("phones", phones)
			s.tour("mail", mail)
			s.tour("conventions", conventions)
		})
		t.Run(fmt.Sprintf("2019 at %d px", width), func(t *testing.T) {
			s := newStage(t, width, lab.Config{Seed: 2, Era: entra.Era2019})
			s.people()
			s.tour("previews", previews)
			s.tour("old registration", oldRegistration)
		})
	}
}

// conventions checks that a page tells of every choice that the lab made where
// the product is silent (DESIGN rule 6), but for the codes that are never shown.
func conventions(s *stage) {
	for n := 40; n <= 63; n++ {
		if id := fmt.Sprintf("R-GAP-%d", n); n != 59 && !s.gaps[id] {
			s.Errorf("no page of the walk says that %s is the lab's own", id)
		}
	}
}

// tour runs one part of the walk; when it fails the others still run.
func (s *stage) tour(name string, walk func(*stage)) {
	s.T.Run(name, func(t *testing.T) {
		here := *s
		here.T = t
		walk(&here)
	})
}

const (
	domain   = "@alder.example.com"
	password = "Cedar-Otter-472"
	mobile   = "+1 4255550111"
	office   = "+1 4255550112"
	appKey   = "JBSWY3DPEHPK3PXP"
)

func licensed(p setup.Person) setup.Person {
	p.UPN, p.Password, p.UsageLocation, p.Licences = p.GivenName+domain, password, "US", []string{"AAD_PREMIUM"}
	p.Name = p.GivenName + " " + p.Surname
	return p
}

// people fills the tenant and the directory.
func (s *stage) people() {
	d := s.directory()
	_, err := d.CreateAccount(s.Context(), directory.NewAccount{Parent: "OU=" + lab.People + "," + d.Base(), Name: "Hugo Alder", SAM: "hugo", UPN: "hugo" + domain,
		GivenName: "Hugo", Surname: "Alder", Mail: "hugo" + domain, Mobile: "+1 4255550120", Password: password, NeverExpires: true})
	must(s, err)
	answers := []setup.Answer{{Question: "Who was your first teacher?", Answer: "mr brook"}, {Question: "In what town was your first job?", Answer: "glade"}, {Question: "What was the make of your first bicycle?", Answer: "heron"}}
	s.apply(setup.State{
		People: []setup.Person{
			licensed(setup.Person{GivenName: "Ada", Surname: "Admin", Roles: []string{entra.GlobalAdministrator}, Mail: "ada" + domain}),
			licensed(setup.Person{GivenName: "Olaf", Surname: "Poor", Roles: []string{entra.GlobalAdministrator}}),
			licensed(setup.Person{GivenName: "Bela", Surname: "Birch"}),
			licensed(setup.Person{GivenName: "Carla", Surname: "Elm", Mail: "carla" + domain, AlternateMail: "carla@home.example.net", OfficePhone: office, Phone: mobile, Email: "carla@home.example.net", AppKeys: []string{appKey}, Questions: answers}),
			licensed(setup.Person{GivenName: "Dora", Surname: "Fir", MustChange: true}),
			licensed(setup.Person{GivenName: "Egon", Surname: "Oak", Disabled: true}),
			licensed(setup.Person{GivenName: "Frida", Surname: "Ash", Phone: "+1 4255550113", Email: "frida@home.example.net"}),
			licensed(setup.Person{GivenName: "Gustav", Surname: "Yew", Email: "gustav@home.example.net"}),
		},
		Groups: []setup.Group{{Name: "Pilot of the new self-service, first wave", Members: []string{"Carla" + domain, "Frida" + domain}}},
	})
	s.policy(func(*setup.Policy) {})
}

// policy puts the policy of the walk in force, changed.
func (s *stage) policy(change func(*setup.Policy)) {
	p := setup.Policy{Enabled: "All", Required: 2, Methods: []string{"Mobile app notification", "Mobile app code", "Email", "Mobile phone", "Office phone", "Security questions"},
		QuestionsToRegister: 3, QuestionsToReset: 3, RequireRegistration: true, ReconfirmDays: 180, NotifyUsers: true, NotifyAdmins: true, WriteBack: true, UnlockWithoutReset: true}
	change(&p)
	s.apply(setup.State{Policy: &p})
}

// enter signs a person in and goes to a page, past registration if need be.
func (s *stage) enter(name, base, path string) *visitor {
	s.Helper()
	v := s.visitor(name)
	v.open(base + path)
	v.press("Next", "Enter your email, phone, or Skype.", name+domain)
	v.press("Sign in", "Password", password)
	if v.view.Heading == "More information required" {
		v.press("Next").press("Skip setup")
	}
	if v.view.Heading == "Stay signed in?" {
		v.press("No")
	}
	return v
}

func form(choose string, press string, fields ...string) web.Act {
	act := web.Act{Press: press, Choose: []string{choose}}
	for i := 0; i+1 < len(fields); i += 2 {
		act.Fill = append(act.Fill, web.Fill{Label: fields[i], Value: fields[i+1]})
	}
	return act
}
