package container_test

import (
	"net/http"
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/enginetest"
)

// TestNetworksKeepApart proves the two networks of a lab: each finds its own by
// name, nobody the other's, and who is on both reaches both.
func TestNetworksKeepApart(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	reference := build(t, e, tiny())
	corp, cloud := network(t, g, "corp"), network(t, g, "cloud")
	part := func(name string, on ...container.Attachment) *container.Container {
		s := serving(reference)
		s.Name, s.Networks = name, on
		return start(t, g, s)
	}
	dc := part("dc", container.Attachment{Network: corp, Aliases: []string{"dc1.corp.alder.example.com"}})
	tenant := part("tenant", container.Attachment{Network: cloud, Aliases: []string{"login.ssprlab.test"}})
	agent := part("agent", container.Attachment{Network: corp}, container.Attachment{Network: cloud})

	reaches(t, agent, "dc:8080", true)
	reaches(t, agent, "dc1.corp.alder.example.com:8080", true)
	reaches(t, agent, "login.ssprlab.test:8080", true)
	reaches(t, tenant, "dc:8080", false)
	reaches(t, tenant, ip(t, dc, corp)+":8080", false)
	reaches(t, dc, "tenant:8080", false)
	reaches(t, dc, "agent:8080", true)
	if _, err := dc.IP(t.Context(), cloud); err == nil {
		t.Error("the directory has an address in the cloud")
	}
}

// TestAgentIsCutOff proves that a container can be taken off a network and put
// back, and that its published port stays where it is all the while.
func TestAgentIsCutOff(t *testing.T) {
	e := enginetest.Open(t)
	g := group(t, e)
	s := serving(build(t, e, tiny()))
	corp, cloud := network(t, g, "corp"), network(t, g, "cloud")
	s.Name, s.Networks = "dc", []container.Attachment{{Network: corp}}
	start(t, g, s)
	s.Name, s.Networks = "tenant", []container.Attachment{{Network: cloud}}
	start(t, g, s)
	s.Name, s.Networks = "agent", []container.Attachment{{Network: corp}, {Network: cloud}}
	agent := start(t, g, s)
	for _, cut := range []struct {
		off  *container.Network
		lost string
		kept string
	}{{corp, "dc:8080", "tenant:8080"}, {cloud, "tenant:8080", "dc:8080"}} {
		reaches(t, agent, cut.lost, true)
		if err := agent.Disconnect(t.Context(), cut.off); err != nil {
			t.Fatal(err)
		}
		reaches(t, agent, cut.lost, false)
		reaches(t, agent, cut.kept, true)
		if err := agent.Connect(t.Context(), cut.off, "agent"); err != nil {
			t.Fatal(err)
		}
		reaches(t, agent, cut.lost, true)
		reaches(t, agent, cut.kept, true)
	}
}

func network(t *testing.T, g *container.Group, name string) *container.Network {
	t.Helper()
	n, err := g.Network(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func ip(t *testing.T, c *container.Container, n *container.Network) string {
	t.Helper()
	address, err := c.IP(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// reaches checks whether a container can dial an address.
func reaches(t *testing.T, c *container.Container, address string, want bool) {
	t.Helper()
	if status, text := get(t, c, "/dial?to="+address); (status == http.StatusOK) != want {
		t.Errorf("%s dials %s: %s, want that it is reached: %v", c.Name(), address, text, want)
	}
}
