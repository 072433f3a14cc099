package connect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/web"
)

// named are the events since the last look, as number and name, without the
// beats of the heart.
type named struct {
	w    *world
	seen int
}

func (n *named) expect(when string, want ...string) {
	n.w.t.Helper()
	var got []string
	for _, e := range n.w.events("source=" + connect.SourceWriteback) {
		if e.Number > n.seen && e.ID != 31019 {
			got = append(got, e.Name)
			n.seen = e.Number
		}
	}
	if !slices.Equal(got, want) {
		n.w.t.Errorf("%s: events %q, want %q", when, got, want)
	}
}

// readyTo goes through the wizard, up to where the last press enables or
// disables writeback.
func (w *world) readyTo(enable bool) *visitor {
	w.t.Helper()
	v := w.console()
	v.customize("Entra ID")
	v.act("Connect your directories", signIn(admin, adminPass))
	v.press("Next", "Domain and OU filtering")
	v.press("Next", "Optional features")
	box := []string{"Password writeback"}
	act := web.Act{Tick: box, Press: "Next"}
	if !enable {
		act = web.Act{Untick: box, Press: "Next"}
	}
	v.act("Ready to configure", act)
	return v
}

// R-WB-56, R-WB-59, R-WB-60, R-WB-61: enabled and disabled in the wizard, and a
// cloud that does not let it be disabled.
func TestTheWizardsEventsHaveTheirNames(t *testing.T) {
	w := newWorld(t)
	w.license()
	w.install()
	log := &named{w: w}
	log.expect("installed")
	const done = "Configuration complete"
	enabling := []string{"AuthTokenSuccess", "KeyPairCreationSuccess", "OnboardingEventStart", "OnboardingEventSuccess", "WriteBackServiceStarted"}
	w.readyTo(true).press("Configure", done)
	log.expect("enabled", enabling...)
	w.readyTo(false).press("Configure", done)
	log.expect("disabled", "AuthTokenSuccess", "OffboardingEventStart", "OffboardingEventSuccess", "WriteBackServiceStopped")
	w.readyTo(true).press("Configure", done)
	log.expect("enabled again", enabling...)
	v := w.readyTo(false)
	_, err := w.tenant.Update(admin, func(u *entra.User) error { u.Roles = nil; return nil })
	must(t, err)
	if page := v.press("Configure", "Ready to configure"); len(page.Alerts) != 1 || !w.relay.State().Configured {
		t.Errorf("alerts %q, state %+v", page.Alerts, w.relay.State())
	}
	log.expect("not disabled", "AuthTokenSuccess", "OffboardingEventStart", "OffboardingEventFail")
}

// R-WB-55, R-WB-57, R-WB-58: what was asked for, and how it ended.
func TestTheEventsOfOperationsHaveTheirNames(t *testing.T) {
	w := enabled(t, "adele")
	log := &named{w: w}
	log.expect("enabled", "AuthTokenSuccess", "KeyPairCreationSuccess", "OnboardingEventStart", "OnboardingEventSuccess", "WriteBackServiceStarted")
	carry := func(kind entra.Kind, old, password string) {
		op := w.operation(kind, "adele", password)
		op.OldPassword = old
		w.carry(op)
	}
	carry(entra.OpReset, "", "aB1")
	log.expect("a reset that is refused", "PasswordResetStart", "ADPasswordPolicyError", "PasswordResetFail")
	carry(entra.OpReset, "", nextPass)
	log.expect("a reset", "PasswordResetStart", "PasswordResetSuccess")
	carry(entra.OpChange, "wrong", otherPass)
	log.expect("a change that is refused", "ChangePasswordStart", "ADUserIncorrectPassword", "ChangePasswordFail")
	carry(entra.OpChange, nextPass, otherPass)
	log.expect("a change", "ChangePasswordStart", "ChangePasswordSuccess")
	carry(entra.OpAdminReset, "", "aB1")
	log.expect("an administrator's that is refused", "ResetUserPasswordByAdminStart", "ADPasswordPolicyError", "ResetUserPasswordByAdminFail")
	carry(entra.OpAdminReset, "", startPass+"x")
	log.expect("an administrator's", "ResetUserPasswordByAdminStart", "ResetUserPasswordByAdminSuccess")
}

// R-WB-62: a beat of the heart is an event today, and was none in 2019.
func TestABeatIsAnEvent(t *testing.T) {
	for _, e := range []entra.Era{entra.Now, entra.Era2019} {
		t.Run(e.String(), func(t *testing.T) {
			w := newWorld(t, era(e))
			w.enable()
			before := len(w.events("id=31019"))
			const beats = 3
			for range beats { // whoever counts as connected has just beaten
				w.clock.Advance(11 * time.Minute)
				if !w.relay.State().Connected {
					t.Fatal("the agent does not beat")
				}
			}
			// The last beat's may still be on its way into the log.
			added := w.events("id=31019")[before:]
			if e == entra.Era2019 && len(added) != 0 || e == entra.Now && len(added) < beats-1 {
				t.Errorf("%d events of at least %d beats: %+v", len(added), beats, added)
			}
		})
	}
}
