package run

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/tree"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// two are two scenarios with the same people, and one with a policy.
const two = `
name: %s
tenant: {password reset: {enabled: all, methods: [mobile phone]}}
directory: %s
groups:
  Sales: {from: directory, members: [adele]}
people:
  adele: {name: Adele Birch, from: directory, licence: AAD_PREMIUM, mobile: "+1 4255550101", registered: [mobile phone]}
steps:
  - name: Adele resets her password
    as: adele
    do:
      - generate password: fresh
      - ask to reset: {through: password reset}
      - verify by: text
      - choose password: "${fresh}"
      - bind: {password: "${fresh}"}
  - name: Three wrong passwords
    as: adele
    do:
      - bind: {password: Not-my-passw0rd, times: 3, result: wrong}
      - bind: {password: "${fresh}", result: %s}
`

// TestScenariosShareADomainController runs two scenarios with the same people at
// once, and one that states a policy. The first two work in the domain
// controller that the test looks at, and leave nothing in it; the third has
// another.
func TestScenariosShareADomainController(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	enginetest.Open(t)
	var list []*script.Scenario
	for _, text := range []string{fmt.Sprintf(two, "One", "{}", "ok"), fmt.Sprintf(two, "Other", "{}", "ok"),
		fmt.Sprintf(two, "Policy", "{password policy: {lockout threshold: 3}}", "locked")} {
		some, problems := script.Parse("test.yaml", []byte(text))
		for _, p := range problems {
			t.Fatal(p.Render())
		}
		list = append(list, some...)
	}
	authority, err := pki.NewAuthority()
	check(t, err)
	fleet, err := lab.OpenFleet(ctx, lab.FleetConfig{Directory: lab.Samba, Authority: authority})
	check(t, err)
	t.Cleanup(func() { check(t, fleet.Close()) })

	first := join(t, ctx, "s0first", list[0], fleet, authority)
	look := lookAround(t, ctx, first)
	before := look.everything(t)
	driver := &together{Driver: form.New(form.Config{RootCAs: authority.Pool(), Hosts: web.Hosts{"*." + lab.Domain: "127.0.0.1"}}), wanted: len(list), met: make(chan struct{})}
	defer driver.Close()
	var seen []string
	driver.all = func() { seen = look.everything(t) }
	done, err := Run(ctx, list, Options{Driver: driver, Authority: authority, Seed: 7, Directory: lab.Samba, Fleet: fleet, Workers: len(list)})
	check(t, err)
	for _, s := range done.Scenarios {
		if !s.Passed {
			t.Errorf("%s: %s", s.Name, s.Error)
			for _, step := range s.Steps {
				t.Log(step.Name, step.Error)
			}
		}
		if alone := strings.HasPrefix(s.Controller, "its own: "); alone != (s.Name == "Policy") {
			t.Errorf("%s: the domain controller is %q", s.Name, s.Controller)
		}
	}
	adeles := 0
	for _, dn := range seen {
		if strings.HasPrefix(dn, "CN=Adele Birch,OU="+lab.People+",OU=ssprlab-") {
			adeles++
		}
	}
	if adeles != 2 {
		t.Errorf("while all three ran, %d people were called Adele Birch in the shared domain, want 2", adeles)
	}
	after := look.everything(t)
	if left := slices.DeleteFunc(slices.Clone(after), func(dn string) bool { return slices.Contains(before, dn) }); len(left) > 0 || len(after) < len(before) {
		t.Errorf("%d objects before, %d after; left in the shared domain: %q", len(before), len(after), left)
	}
	last := join(t, ctx, "s0last", list[0], fleet, authority)
	if first.Endpoints.LDAPS != last.Endpoints.LDAPS || first.Clock.Ahead() != last.Clock.Ahead() {
		t.Errorf("the first lab is at %s, %s ahead; the last at %s, %s ahead; want them to agree",
			first.Endpoints.LDAPS, first.Clock.Ahead(), last.Endpoints.LDAPS, last.Clock.Ahead())
	}
	p, err := look.Policy(ctx, look.Base())
	check(t, err)
	if p.LockoutThreshold != 5 {
		t.Errorf("the shared domain locks after %d wrong passwords, want 5: it is nobody's to change", p.LockoutThreshold)
	}
}

// looker opens the whole of the shared domain.
type looker struct {
	*directory.Directory
	config directory.Config
}

// join starts a lab that shares the directory with a scenario.
func join(t *testing.T, ctx context.Context, label tree.Label, s *script.Scenario, fleet *lab.Fleet, authority *pki.Authority) *lab.Lab {
	t.Helper()
	policy := policyOf(s.Directory)
	l, err := lab.Start(ctx, lab.Config{Seed: 1, Directory: lab.Samba, Fleet: fleet, Authority: authority, Tree: label,
		Start: s.StartIn(s.Eras[0]), DirectoryDomain: s.Directory.Domain, Policy: &policy})
	check(t, err)
	t.Cleanup(func() { check(t, l.Stop()) })
	return l
}

// lookAround opens the whole of the directory in which a lab has a tree.
func lookAround(t *testing.T, ctx context.Context, l *lab.Lab) looker {
	t.Helper()
	c := l.Directory()
	c.Base, c.Within = "", ""
	d, err := directory.Open(ctx, c)
	check(t, err)
	t.Cleanup(func() { d.Close() })
	return looker{d, c}
}

// everything is the DN of every object in the domain, in order.
func (l looker) everything(t *testing.T) (dns []string) {
	conn, err := ldap.DialURL(l.config.URL, ldap.DialWithTLSConfig(&tls.Config{RootCAs: l.config.RootCAs, ServerName: l.config.ServerName}))
	if err != nil {
		t.Error(err)
		return nil
	}
	defer conn.Close()
	if err := conn.Bind(l.config.User, l.config.Password); err != nil {
		t.Error(err)
		return nil
	}
	found, err := conn.SearchWithPaging(ldap.NewSearchRequest(l.Base(), ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"1.1"}, nil), 500)
	if err != nil {
		t.Error(err)
		return nil
	}
	for _, e := range found.Entries {
		dns = append(dns, e.DN)
	}
	slices.Sort(dns)
	return dns
}

// together is a driver whose first visitors wait for each other.
type together struct {
	web.Driver
	wanted int
	met    chan struct{} // closed when all are there
	all    func()        // called then

	mu sync.Mutex
	n  int
}

// Visitor waits for the others.
func (d *together) Visitor(ctx context.Context, name string) (web.Visitor, error) {
	d.mu.Lock()
	if d.n++; d.n == d.wanted {
		d.all()
		close(d.met)
	}
	d.mu.Unlock()
	select {
	case <-d.met:
		return d.Driver.Visitor(ctx, name)
	case <-ctx.Done():
		return nil, errors.New("the other scenarios have not come so far: they do not run at once")
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
