package entra_test

import (
	"slices"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// TestAPolicyChangeIsAudited with the old and the new value of each setting
// that changed, and no other (R-POL-09, R-AUD-08).
func TestAPolicyChangeIsAudited(t *testing.T) {
	b := newBench(t, entra.Now, "")
	ga := b.admin("ada", entra.GlobalAdministrator)
	p := b.Policy()
	p.Required, p.ReconfirmDays, p.Methods = 2, 90, entra.NewMethodSet(entra.Email, entra.AppCode, entra.OfficePhone)
	b.SetPolicy(ga.By(), p)
	e := b.lastAudit(entra.ActivityPolicy)
	want := []entra.Change{
		{Property: "Required", Old: "1", New: "2"},
		{Property: "Methods", Old: "[Email Mobile phone]", New: "[Mobile app code Email Office phone]"},
		{Property: "ReconfirmDays", Old: "180", New: "90"},
	}
	if !slices.Equal(e.Changes, want) || !e.Success || e.Actor.ID != ga.ID || e.Service != entra.SSPRService || e.Target.Type != "Policy" {
		t.Errorf("%+v", e)
	}
	before := len(b.Audit())
	b.SetPolicy(ga.By(), b.Policy())
	if n := len(b.Audit()) - before; n != 0 {
		t.Errorf("saving what is there made %d entries", n)
	}
}

// TestTheWritebackSwitchIsAuditedAsWhatItIs (R-POL-77, R-AUD-09).
func TestTheWritebackSwitchIsAuditedAsWhatItIs(t *testing.T) {
	b := newBench(t, entra.Now, "")
	ga := b.admin("ada", entra.GlobalAdministrator)
	for _, on := range []bool{false, true} {
		before := len(b.Audit())
		p := b.Policy()
		p.WriteBack = on
		b.SetPolicy(ga.By(), p)
		want := "Disable password writeback for directory"
		if on {
			want = "Enable password writeback for directory"
		}
		added := b.Audit()[before:]
		if len(added) != 2 || added[0].Activity != entra.ActivityPolicy || added[1].Activity != want || added[1].Category != "DirectoryManagement" || added[1].Actor.ID != ga.ID {
			t.Errorf("switched to %t: %+v", on, added)
		}
	}
}

// TestAPolicyHoldsAtOnce: everybody is judged by it from then on (R-POL-07,
// R-POL-39), and registrations survive (R-POL-16, R-ROL-22).
func TestAPolicyHoldsAtOnce(t *testing.T) {
	b := newBench(t, entra.Now, "")
	u := b.person("adele")
	for _, c := range []struct {
		enabled entra.Enablement
		want    entra.Reason
	}{{entra.None, entra.TurnedOff}, {entra.All, entra.Eligible}, {entra.Selected, entra.OutOfScope}, {entra.All, entra.Eligible}} {
		b.policy(func(p *entra.Policy) { p.Enabled = c.enabled })
		if got := b.Decide(b.now(u)).Reason; got != c.want {
			t.Errorf("%s: %q, want %q", c.enabled, got, c.want)
		}
	}
}
