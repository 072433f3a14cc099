package conformance_test

import (
	"maps"
	"testing"

	"github.com/ssprlab/ssprlab/lab/container"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/conformance"
)

// TestBelowOneUnit plays the cases that do not need the domain, below one unit
// of a domain with a policy of its own, and sees that nothing else has changed.
func TestBelowOneUnit(t *testing.T) {
	t.Parallel()
	below(t, embedded(t))
}

// TestSambaBelowOneUnit does the same on Samba.
func TestSambaBelowOneUnit(t *testing.T) {
	below(t, contained(t, container.Samba, directory.ActiveDirectory, fieldNotes()))
}

func below(t *testing.T, s conformance.Subject) {
	d, err := directory.Open(t.Context(), s.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if s.Under, err = d.CreateOU(t.Context(), d.Base(), "Test accounts"); err != nil {
		t.Fatal(err)
	}
	before := picture(t, d)
	conformance.Run(t, func(*testing.T) conformance.Subject { return s })
	after := picture(t, d)
	if !maps.Equal(before.anchors, after.anchors) {
		t.Errorf("the domain held %v and holds %v", before.anchors, after.anchors)
	}
	if before.policy != after.policy {
		t.Errorf("the policy was %+v and is %+v", before.policy, after.policy)
	}
}

// domain is what the cases must leave as it was.
type domain struct {
	anchors map[string]string
	policy  directory.Policy
}

func picture(t *testing.T, d *directory.Directory) (p domain) {
	t.Helper()
	var err error
	if p.anchors, err = d.Anchors(t.Context(), d.Base()); err != nil {
		t.Fatal(err)
	}
	if p.policy, err = d.Policy(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	return p
}
