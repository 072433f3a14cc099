package cloud_test

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/cloud"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// client is an agent of which the tenant knows the state alone.
type client struct{ entra.AgentState }

func (c *client) State() entra.AgentState { return c.AgentState }

func (*client) Do(context.Context, entra.Operation) (entra.Outcome, error) {
	return entra.Outcome{}, entra.ErrUnreachable
}

// R-WB-46..49, R-WB-53: the line of the On-premises integration page follows
// the client's version and connection.
func TestTheStatusFollowsVersionAndConnection(t *testing.T) {
	const up, old, unknown, away = "up and running", "connected to your on-premises writeback client, but the installed version is out of date",
		"cannot be checked because the installed version is out of date", "can't connect to your on-premises writeback client right now"
	agent := &client{entra.AgentState{Installed: true, Configured: true}}
	page := portal(t, agent)
	for _, tc := range []struct {
		version   string
		connected bool
		want      string
	}{
		{"2.4.131.0", true, up},
		{"1.3.21.0", true, up},
		{"1.1.443.0", true, up},
		{"1.1.442.9", true, old},
		{"1.0.8641.0", true, old},
		{"1.0.8641.0", false, unknown},
		{"1.1.442.9", false, unknown},
		{"1.1.443.0", false, away},
	} {
		agent.Version, agent.Connected = tc.version, tc.connected
		text := page()
		for _, line := range []string{up, old, unknown, away} {
			if strings.Contains(text, line) != (line == tc.want) {
				t.Errorf("version %s, connected %v: want %q\n%s", tc.version, tc.connected, tc.want, text)
			}
		}
	}
}

// portal signs an administrator in and returns what reads the page anew.
func portal(t *testing.T, agent entra.Agent) func() string {
	t.Helper()
	const name, password = "ada@alder.example.com", "Mozak-Ribut-221"
	authority, err := pki.NewAuthority()
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	hosts := entra.Hosts{Domain: "lab.test", Port: listener.Addr().(*net.TCPAddr).Port}
	c := cloud.New(cloud.Config{Tenant: entra.Config{Hosts: hosts}})
	c.Tenant.UseAgent(agent)
	_, err = c.Tenant.AddUser(entra.User{UPN: name, Enabled: true, Roles: []string{entra.GlobalAdministrator}, Licences: []string{"AAD_PREMIUM"}})
	must(t, err)
	must(t, c.Tenant.SetPassword(name, password, false))
	server := httptest.NewUnstartedServer(c)
	server.Listener.Close()
	server.Listener = listener
	config, err := authority.ServerConfig("*." + hosts.Domain)
	must(t, err)
	server.TLS = config
	server.StartTLS()
	driver := form.New(form.Config{RootCAs: authority.Pool(), Hosts: web.Hosts{"*." + hosts.Domain: "127.0.0.1"}})
	t.Cleanup(func() { driver.Close(); server.Close(); must(t, c.Close()) })
	v, err := driver.Visitor(t.Context(), "ada")
	must(t, err)
	at := hosts.URL(entra.PortalHost, "/password-reset/on-premises")
	_, err = v.Open(t.Context(), at)
	must(t, err)
	for _, act := range []web.Act{
		{Fill: []web.Fill{{Label: "Enter your email, phone, or Skype.", Value: name}}, Press: "Next"},
		{Fill: []web.Fill{{Label: "Password", Value: password}}, Press: "Sign in"},
		{Press: "No"},
	} {
		_, err := v.Act(t.Context(), act)
		must(t, err)
	}
	return func() string {
		view, err := v.Open(t.Context(), at)
		must(t, err)
		return view.Text
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
