package activedirectory_test

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/fakes/activedirectory"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/seed"
)

const (
	base      = "DC=corp,DC=example,DC=com"
	users     = "CN=Users," + base
	adminDN   = "CN=Administrator," + users
	adminPass = "Adm1n-Passw0rd"
	startPass = "Start-Pass-01"
)

// domain is a running server with what a test needs to talk to it.
type domain struct {
	t     testing.TB
	addr  string // LDAPS
	plain string // ldap://
	clock *clock.Clock
	tls   *tls.Config // of clients
}

func start(t testing.TB) *domain { return startWith(t, activedirectory.Config{}) }

func startWith(t testing.TB, c activedirectory.Config) *domain {
	t.Helper()
	ca, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if c.TLS, err = ca.ServerConfig("127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	d := &domain{t: t, clock: clock.New(time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)), tls: &tls.Config{RootCAs: ca.Pool()}}
	c.AdministratorPassword, c.Clock, c.Seed = adminPass, d.clock, seed.New(1)
	server, err := activedirectory.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	d.addr = d.listen(ended, server.Serve)
	d.plain = d.listen(ended, server.ServePlain)
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		for range 2 {
			if err := <-ended; err != nil {
				t.Errorf("a listener ended with %v", err)
			}
		}
	})
	return d
}

func (d *domain) listen(ended chan<- error, serve func(net.Listener) error) string {
	d.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	go func() { ended <- serve(l) }()
	return l.Addr().String()
}

// dial opens an LDAPS connection that nobody has bound on.
func (d *domain) dial() *ldap.Conn {
	d.t.Helper()
	c, err := ldap.DialURL("ldaps://"+d.addr, ldap.DialWithTLSConfig(d.tls))
	if err != nil {
		d.t.Fatal(err)
	}
	c.SetTimeout(10 * time.Second)
	d.t.Cleanup(func() { c.Close() })
	return c
}

func (d *domain) as(login, password string) *ldap.Conn {
	d.t.Helper()
	c := d.dial()
	must(d.t, c.Bind(login, password))
	return c
}

func (d *domain) admin() *ldap.Conn { return d.as(adminDN, adminPass) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants checks that err is a result of that code whose text has all the words.
func wants(t testing.TB, err error, code uint16, words ...string) {
	t.Helper()
	var e *ldap.Error
	if !errors.As(err, &e) || e.ResultCode != code {
		t.Errorf("got %v, want result %d", err, code)
		return
	}
	for _, w := range words {
		if !strings.Contains(e.Err.Error(), w) {
			t.Errorf("got %q, want %q in it", e.Err, w)
		}
	}
}

// quoted is a password as unicodePwd takes it.
func quoted(password string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(`"` + password + `"`)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func person(name string) string { return "CN=" + name + "," + users }

func login(name string) string { return name + "@corp.example.com" }

// addUser makes an enabled user with startPass; more are pairs of attribute and
// value.
func addUser(t testing.TB, c *ldap.Conn, name string, more ...string) string {
	t.Helper()
	dn := person(name)
	q := ldap.NewAddRequest(dn, nil)
	q.Attribute("objectClass", []string{"user"})
	q.Attribute("sAMAccountName", []string{name})
	q.Attribute("userPrincipalName", []string{login(name)})
	q.Attribute("unicodePwd", []string{quoted(startPass)})
	q.Attribute("userAccountControl", []string{"512"})
	for i := 0; i < len(more); i += 2 {
		q.Attribute(more[i], []string{more[i+1]})
	}
	must(t, c.Add(q))
	return dn
}

func addOU(t testing.TB, c *ldap.Conn, dn string) {
	t.Helper()
	q := ldap.NewAddRequest(dn, nil)
	q.Attribute("objectClass", []string{"organizationalUnit"})
	must(t, c.Add(q))
}

func addGroup(t testing.TB, c *ldap.Conn, name string, members ...string) string {
	t.Helper()
	q := ldap.NewAddRequest(person(name), nil)
	q.Attribute("objectClass", []string{"group"})
	q.Attribute("sAMAccountName", []string{name})
	if len(members) > 0 {
		q.Attribute("member", members)
	}
	must(t, c.Add(q))
	return person(name)
}

// set replaces attributes: pairs of name and value.
func set(c *ldap.Conn, dn string, pairs ...string) error {
	q := ldap.NewModifyRequest(dn, nil)
	for i := 0; i < len(pairs); i += 2 {
		q.Replace(pairs[i], []string{pairs[i+1]})
	}
	return c.Modify(q)
}

func reset(c *ldap.Conn, dn, password string) error {
	return set(c, dn, "unicodePwd", quoted(password))
}

func change(c *ldap.Conn, dn, old, password string) error {
	q := ldap.NewModifyRequest(dn, nil)
	q.Delete("unicodePwd", []string{quoted(old)})
	q.Add("unicodePwd", []string{quoted(password)})
	return c.Modify(q)
}

func read(t testing.TB, c *ldap.Conn, dn string, attributes ...string) *ldap.Entry {
	t.Helper()
	r, err := c.Search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=*)", attributes, nil))
	must(t, err)
	if len(r.Entries) != 1 {
		t.Fatalf("%d entries for %s", len(r.Entries), dn)
	}
	return r.Entries[0]
}

func value(t testing.TB, c *ldap.Conn, dn, attribute string) string {
	t.Helper()
	return read(t, c, dn, attribute).GetAttributeValue(attribute)
}

func expect(t testing.TB, c *ldap.Conn, dn string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := value(t, c, dn, pairs[i]); got != pairs[i+1] {
			t.Errorf("%s of %s is %q, want %q", pairs[i], dn, got, pairs[i+1])
		}
	}
}

func find(t testing.TB, c *ldap.Conn, filter string) []string {
	t.Helper()
	r, err := c.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, filter,
		[]string{"cn"}, nil))
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	var names []string
	for _, e := range r.Entries {
		names = append(names, e.GetAttributeValue("cn"))
	}
	return names
}

// tryBind says in the sub-code how a bind ended; "ok" if it did not fail.
func (d *domain) tryBind(login, password string) string {
	d.t.Helper()
	err := d.dial().Bind(login, password)
	if err == nil {
		return "ok"
	}
	_, rest, _ := strings.Cut(err.Error(), "data ")
	code, _, _ := strings.Cut(rest, ",")
	if code == "" {
		return fmt.Sprint(err)
	}
	return code
}

func (d *domain) wantBind(name, password, want string) {
	d.t.Helper()
	if got := d.tryBind(login(name), password); got != want {
		d.t.Errorf("bind of %s with %s: %s, want %s", name, password, got, want)
	}
}
