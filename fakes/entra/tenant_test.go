package entra_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/seed"
)

func TestTheZeroTenantWorks(t *testing.T) {
	x := entra.New(entra.Config{})
	if x.Organisation() != "Alder Works" || !slices.Equal(x.Domains(), []string{"alder.example.com"}) || x.Era() != entra.Now || x.ID == "" {
		t.Errorf("%q, %q, %s, %q", x.Organisation(), x.Domains(), x.Era(), x.ID)
	}
	if s := x.Agent().State(); s != (entra.AgentState{}) {
		t.Errorf("it has an agent: %+v", s)
	}
	if _, err := x.Agent().Do(t.Context(), entra.Operation{}); !errors.Is(err, entra.ErrUnreachable) {
		t.Error(err)
	}
	other := entra.New(entra.Config{Seed: seed.New(1)})
	if again := entra.New(entra.Config{}); again.ID != x.ID || other.ID == x.ID {
		t.Error("ids do not follow the seed")
	}
}

func TestUsersAreFoundByAllTheirNames(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	for _, key := range []string{u.ID, "adele@alder.example.com", "ADELE@Alder.Example.com", "anchor-adele"} {
		if found, ok := b.User(key); !ok || found.ID != u.ID {
			t.Errorf("%q finds %+v", key, found)
		}
	}
	for _, key := range []string{"", "adele", "adele.mail@alder.example.com", "ANCHOR-adele"} { // R-ELG-39
		if found, ok := b.User(key); ok {
			t.Errorf("%q finds %s", key, found.UPN)
		}
	}
	if u.Created.Before(begin) || u.Created.Sub(begin) > time.Minute {
		t.Errorf("created %s", u.Created)
	}
}

func TestNoTwoUsersShareANameOrAnAnchor(t *testing.T) { // R-AAC-23
	b := newBench(t, entra.Now, "")
	adele, bo := b.hybrid("adele"), b.hybrid("bo")
	for _, u := range []entra.User{{}, {ID: adele.ID, UPN: "new@alder.example.com"}, {UPN: "Adele@alder.example.com"}, {UPN: "c@alder.example.com", OnPremises: &entra.OnPremises{ImmutableID: "anchor-bo"}}} {
		if added, err := b.AddUser(u); err == nil {
			t.Errorf("added %+v", added)
		}
	}
	for what, change := range map[string]func(*entra.User) error{
		"a taken name":     func(u *entra.User) error { u.UPN = "ADELE@alder.example.com"; return nil },
		"no name":          func(u *entra.User) error { u.UPN = ""; return nil },
		"a taken anchor":   func(u *entra.User) error { u.OnPremises.ImmutableID = "anchor-adele"; return nil },
		"a change of mind": func(u *entra.User) error { u.Name = "Bo the second"; return errors.New("no") },
	} {
		if _, err := b.Update(bo.ID, change); err == nil {
			t.Errorf("%s was accepted", what)
		}
		if got := b.now(bo); got.UPN != bo.UPN || got.Name != bo.Name || got.OnPremises.ImmutableID != "anchor-bo" {
			t.Errorf("%s left %+v", what, got)
		}
	}
	if found, _ := b.User("anchor-adele"); found.ID != adele.ID {
		t.Errorf("anchor-adele is %s", found.UPN)
	}
}

func TestARenamedUserIsFoundByTheNewName(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	renamed, err := b.Update(u.UPN, func(u *entra.User) error { u.UPN = "adele.holm@alder.example.com"; return nil })
	if err != nil || renamed.ID != u.ID {
		t.Fatal(renamed, err)
	}
	if _, ok := b.User("adele@alder.example.com"); ok {
		t.Error("the old name still leads to her")
	}
	b.person("adele") // the name is free again
	if err := b.RemoveUser("adele.holm@alder.example.com"); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.User(u.ID); ok || len(b.Users()) != 1 {
		t.Error("she is still there")
	}
}

func TestWhatIsNotThereIsSaid(t *testing.T) {
	b := newBench(t, entra.Now, "")
	_, err1 := b.Update("nobody", func(*entra.User) error { return nil })
	_, err2 := b.UpdateGroup("nobody", func(*entra.Group) error { return nil })
	for _, err := range []error{err1, err2, b.RemoveUser("nobody"), b.RemoveGroup("nobody"), b.SetPassword("nobody", oldPass, false)} {
		var missing entra.NotFoundError
		if !errors.As(err, &missing) || missing.Key != "nobody" || !strings.Contains(err.Error(), missing.Kind) {
			t.Errorf("%v", err)
		}
	}
}

// TestWhatTheTenantHandsOutAreCopies: nobody reaches into its memory.
func TestWhatTheTenantHandsOutAreCopies(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.hybrid("adele")
	u, _ = b.Update(u.ID, func(u *entra.User) error {
		u.AlternateMails, u.Roles = []string{"a@home.example.com"}, []string{"Reports Reader"}
		u.Security.Apps, u.Security.Questions = []entra.App{app("device")}, answers(3)
		return nil
	})
	g, err := b.AddGroup(entra.Group{Name: "Pilot", Members: []string{u.ID}})
	b.must(err)
	b.policy(func(p *entra.Policy) { p.Questions = []string{"Where?"} })
	b.SetBanned([]string{"contoso"})

	u.AlternateMails[0], u.Roles[0], u.Licences[0], u.OnPremises.DN = "x", "x", "x", "x"
	u.Security.Apps[0].Name, u.Security.Questions[0].Text = "x", "x"
	u.Security.Apps[0].Secret[0] = 'x'
	g.Members[0] = "x"
	p := b.Policy()
	p.Questions[0] = "x"
	b.Facts(u).Policy.Questions[0] = "x"
	b.Banned()[0] = "x"
	b.Domains()[0] = "x"

	kept := b.now(u)
	if kept.AlternateMails[0] != "a@home.example.com" || kept.Roles[0] != "Reports Reader" || kept.Licences[0] != "AAD_PREMIUM" || kept.OnPremises.DN != "" ||
		kept.Security.Apps[0].Name != "" || string(kept.Security.Apps[0].Secret) != "secret" || kept.Security.Questions[0].Text == "x" {
		t.Errorf("the user was reached: %+v", kept)
	}
	group, _ := b.Group("Pilot")
	if group.Members[0] != u.ID || b.Policy().Questions[0] != "Where?" || b.Banned()[0] != "contoso" || b.Domains()[0] != "alder.example.com" {
		t.Errorf("%+v, %q, %q, %q", group, b.Policy().Questions, b.Banned(), b.Domains())
	}
}

func TestNestedGroupsCount(t *testing.T) { // R-POL-12
	b := newBench(t, entra.Now, "")
	u, stranger := b.person("adele"), b.person("bo")
	group := func(name string, members ...string) string {
		g, err := b.AddGroup(entra.Group{Name: name, Members: members})
		b.must(err)
		return g.ID
	}
	inner := group("Inner", u.ID)
	outer := group("Outer", group("Middle", "gone", inner))
	_, err := b.UpdateGroup(inner, func(g *entra.Group) error { g.Members = append(g.Members, outer); return nil }) // a ring
	b.must(err)
	if !b.Member(inner, u.ID) || !b.Member(outer, u.ID) || b.Member(outer, stranger.ID) || b.Member("gone", u.ID) || b.Member("", u.ID) {
		t.Error("membership is wrong")
	}
	b.policy(func(p *entra.Policy) { p.Enabled, p.Group = entra.Selected, outer })
	if v := b.Decide(u); v.Reason != entra.Eligible {
		t.Errorf("a nested member: %q", v.Reason)
	}
	if v := b.Decide(stranger); v.Reason != entra.OutOfScope { // R-POL-17
		t.Errorf("a stranger: %q", v.Reason)
	}
	b.must(b.RemoveUser(u.ID))
	if g, _ := b.Group("inner"); !slices.Equal(g.Members, []string{outer}) {
		t.Errorf("without the deleted user its members are %q", g.Members)
	}
	b.must(b.RemoveGroup(outer))
	if v := b.Decide(stranger); v.Reason != entra.OutOfScope || b.Facts(stranger).InScope { // R-POL-18
		t.Errorf("without its group: %q", v.Reason)
	}
}

func TestGroups(t *testing.T) {
	b := newBench(t, entra.Now, "")
	if _, err := b.AddGroup(entra.Group{Name: "  "}); err == nil {
		t.Error("a group without a name")
	}
	for _, name := range []string{"Pilot", "Alpha"} {
		_, err := b.AddGroup(entra.Group{Name: name, OnPremises: &entra.OnPremises{ImmutableID: "anchor-" + name}})
		b.must(err)
	}
	list := b.Groups()
	if len(list) != 2 || list[0].Name != "Alpha" || list[0].ID == "" {
		t.Errorf("%+v", list)
	}
	for _, key := range []string{"pilot", "anchor-Pilot", list[1].ID} {
		if g, ok := b.Group(key); !ok || g.Name != "Pilot" {
			t.Errorf("%q finds %+v", key, g)
		}
	}
	refuse := errors.New("no")
	if g, err := b.UpdateGroup("Pilot", func(g *entra.Group) error { g.Name = "x"; return refuse }); err != refuse || g.Name != "Pilot" {
		t.Error(g, err)
	}
}

func TestScopeOfTheTenant(t *testing.T) { // R-POL-11, R-REG-02
	b := newBench(t, entra.Era2019, "")
	u := b.person("adele")
	g, err := b.AddGroup(entra.Group{Name: "Pilot", Members: []string{u.ID}})
	b.must(err)
	for _, c := range []struct {
		scope entra.Enablement
		group string
		want  bool
	}{{entra.None, g.ID, false}, {entra.Selected, g.ID, true}, {entra.Selected, "other", false}, {entra.All, "", true}} {
		b.policy(func(p *entra.Policy) { p.Enabled, p.Group = c.scope, c.group })
		b.SetPreview(entra.Preview{Scope: c.scope, Group: c.group})
		if got := b.Facts(u).InScope; got != c.want {
			t.Errorf("%s of %q: in scope %t", c.scope, c.group, got)
		}
		if b.Combined(u) != c.want || b.Preview().Scope != c.scope {
			t.Errorf("%s of %q: combined registration %t", c.scope, c.group, !c.want)
		}
	}
	if today := newBench(t, entra.Now, ""); !today.Combined(u) {
		t.Error("combined registration is no preview any more")
	}
}

// TestWhenAdministratorsPassOneGate: no domain of one's own and no
// synchronisation (R-POL-79, R-POL-80, R-POL-81).
func TestWhenAdministratorsPassOneGate(t *testing.T) {
	for _, c := range []struct {
		initial   bool
		domains   []string
		installed bool
		required  int
	}{
		{true, []string{"alder.example.com"}, false, 1},
		{true, []string{"alder.example.com"}, true, 2},
		{true, []string{"alder.example.com", "works.example.com"}, false, 2},
		{false, []string{"alder.example.com"}, false, 2},
	} {
		x := entra.New(entra.Config{Initial: c.initial, Domains: c.domains})
		a := newAgent()
		a.state.Installed = c.installed
		x.UseAgent(a)
		if v := x.Decide(holds(able("ada"), entra.GlobalAdministrator)); v.Required != c.required {
			t.Errorf("%+v: %d gates", c, v.Required)
		}
		if v := x.Decide(able("adele")); v.Required != 1 {
			t.Errorf("%+v: %d gates for a person", c, v.Required)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	g, err := b.AddGroup(entra.Group{Name: "Pilot"})
	b.must(err)
	const workers, rounds = 8, 25
	var wg sync.WaitGroup
	added := make(chan string, workers)
	for w := range workers {
		wg.Go(func() {
			if x, err := b.AddUser(entra.User{UPN: "same@alder.example.com"}); err == nil {
				added <- x.ID
			}
			for i := range rounds {
				b.Update(u.ID, func(u *entra.User) error { u.AlternateMails = append(u.AlternateMails, fmt.Sprint(w, i)); return nil })
				b.UpdateGroup(g.ID, func(g *entra.Group) error { g.Members = append(g.Members, fmt.Sprint(w, i)); return nil })
				b.Update(u.ID, func(u *entra.User) error { u.AlternateMails = nil; return errors.New("not kept") })
				b.policy(func(p *entra.Policy) { p.ReconfirmDays = i })
				b.Decide(b.now(u))
				b.Users()
				b.Audit()
				code := b.Issue(entra.Grant{Client: "office"})
				b.Redeem(code, "office", "")
				b.Unhandled(httptest.NewRequest("GET", "https://office.ssprlab.localhost/nothing?secret=1", nil))
			}
		})
	}
	wg.Wait()
	close(added)
	if len(added) != 1 {
		t.Errorf("%d users of one name", len(added))
	}
	kept, _ := b.Group(g.ID)
	if n := len(b.now(u).AlternateMails); n != workers*rounds || len(kept.Members) != workers*rounds {
		t.Errorf("%d of %d changes of a user, %d of a group were kept", n, workers*rounds, len(kept.Members))
	}
	if got := b.UnhandledRequests(); len(got) != workers*rounds || got[0] != "GET office.ssprlab.localhost/nothing" {
		t.Errorf("%d unhandled requests, %q", len(got), got[0])
	}
}

func TestAGrantIsRedeemedOnce(t *testing.T) {
	b := newBench(t, entra.Now, "")
	grant := entra.Grant{User: "id", Client: "office", RedirectURI: "https://office/signin", Nonce: "n", MFA: true, At: b.Now()}
	code := b.Issue(grant)
	if other := b.Issue(grant); other == code {
		t.Error("two grants have one code")
	}
	if got, ok := b.Redeem(code, "office", "https://office/signin"); !ok || got.User != "id" || got.Nonce != "n" || !got.MFA {
		t.Errorf("%+v, %t", got, ok)
	}
	for what, redeem := range map[string]func(code string) (entra.Grant, bool){
		"to another client":  func(c string) (entra.Grant, bool) { return b.Redeem(c, "portal", "https://office/signin") },
		"to another address": func(c string) (entra.Grant, bool) { return b.Redeem(c, "office", "https://evil.test/signin") },
		"twice": func(c string) (entra.Grant, bool) {
			b.Redeem(c, "office", grant.RedirectURI)
			return b.Redeem(c, "office", grant.RedirectURI)
		},
		"late": func(c string) (entra.Grant, bool) {
			b.clock.Advance(11 * time.Minute)
			return b.Redeem(c, "office", grant.RedirectURI)
		},
		"of nobody": func(string) (entra.Grant, bool) { return b.Redeem("", "office", grant.RedirectURI) },
	} {
		code := b.Issue(grant)
		if _, ok := redeem(code); ok {
			t.Errorf("redeemed %s", what)
		}
		if _, ok := b.Redeem(code, grant.Client, grant.RedirectURI); ok && what != "of nobody" {
			t.Errorf("a code that was tried %s serves afterwards", what)
		}
	}
}

func TestErasHaveTheirNames(t *testing.T) { // 14.2
	for name, era := range map[string]entra.Era{"": entra.Now, "now": entra.Now, "2019": entra.Era2019} {
		if got, ok := entra.ParseEra(name); !ok || got != era {
			t.Errorf("%q is %s", name, got)
		}
	}
	if _, ok := entra.ParseEra("2015"); ok {
		t.Error("2015 is no era")
	}
	then, today := entra.Era2019.Names(), entra.Now.Names()
	if then.Directory != "Azure Active Directory" || today.Directory != "Entra ID" || then.Connect != "Azure AD Connect" || today.Connect != "Entra Connect" {
		t.Errorf("%+v, %+v", then, today)
	}
}

func TestTheSurfacesHaveTheirHosts(t *testing.T) {
	h := entra.Hosts{Domain: "ssprlab.localhost", Port: 8443}
	if got := h.URL(entra.OfficeHost, "/x"); got != "https://office.ssprlab.localhost:8443/x" {
		t.Error(got)
	}
	for _, port := range []int{0, 443} {
		if got := (entra.Hosts{Domain: "lab.test", Port: port}).URL(entra.LoginHost, "/"); got != "https://login.lab.test/" {
			t.Error(got)
		}
	}
	x := entra.New(entra.Config{Hosts: h})
	for _, client := range entra.Clients {
		callback, ok := x.Callback(client)
		if !ok || callback != h.URL(client, entra.CallbackPath) || !slices.Contains(h.Names(), client+".ssprlab.localhost") {
			t.Errorf("%s returns to %q", client, callback)
		}
	}
	if callback, ok := x.Callback("evil"); ok {
		t.Error(callback)
	}
}
