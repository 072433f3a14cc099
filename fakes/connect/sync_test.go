package connect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// R-AAC-18, R-AAC-22, R-ELG-31, R-POL-46: within 30 minutes of the lab's clock,
// and when a jump is over everything is there.
func TestTheScheduledCycleCarriesChanges(t *testing.T) {
	w := newWorld(t)
	w.person("adele")
	w.install()
	must(t, w.directory.SetEnabled(t.Context(), w.account("adele").DN, false))
	must(t, w.directory.Modify(t.Context(), w.account("adele").DN, directory.Set("mobile", "+1 4255550177"), directory.Set("telephoneNumber")))
	w.clock.Advance(29 * time.Minute)
	if !w.cloudUser("adele").Enabled {
		t.Error("disabled before the cycle")
	}
	w.clock.Advance(2 * time.Minute)
	await(t, "adele is disabled", func() bool { return !w.cloudUser("adele").Enabled })
	if u := w.cloudUser("adele"); u.Enabled || u.MobilePhone != "+1 4255550177" || u.OfficePhone != "" {
		t.Errorf("after the cycle: enabled %v, mobile %q, office %q", u.Enabled, u.MobilePhone, u.OfficePhone)
	}
	w.person("bert")
	w.clock.Advance(10 * 24 * time.Hour)
	await(t, "bert is in the tenant", func() bool { return w.known("bert") })
	await(t, "the last cycle is no older than the interval", func() bool {
		return w.clock.Since(w.agent.Status().LastSync) <= 31*time.Minute
	})
	await(t, "the tenant knows of it", func() bool {
		return w.relay.State().Connected && w.clock.Since(w.relay.LastSync()) <= 61*time.Minute
	})
}

func TestADeltaTellsWhatItDid(t *testing.T) {
	w := newWorld(t)
	w.person("adele")
	w.person("bert")
	if st := w.install(); st.Report.Policy != connect.Initial || st.Report.Added != 2 || st.Report.Users != 2 {
		t.Errorf("initial report %+v", st.Report)
	}
	must(t, w.directory.Delete(t.Context(), w.account("bert").DN))
	setUPN(t, w, w.account("adele"), "adele.v@alder.example.com")
	w.person("cleo")
	r := w.sync()
	if r.Policy != connect.Delta || r.Added != 1 || r.Updated != 1 || r.Deleted != 1 || r.Users != 2 || len(r.Errors) != 0 || r.Status != "success" {
		t.Errorf("delta report %+v", r)
	}
	w.cloudUser("adele.v")
	if _, ok := w.tenant.User("bert@alder.example.com"); ok {
		t.Error("bert is still in the tenant")
	}
	if r := w.sync(); r.Added+r.Updated+r.Deleted != 0 {
		t.Errorf("an idle cycle did something: %+v", r)
	}
}

// R-AAC-18: a week without a cycle takes a full one.
func TestAfterAWeekTheCycleIsFull(t *testing.T) {
	w := newWorld(t)
	w.install()
	w.do("/stop", nil)
	w.clock.Advance(8 * 24 * time.Hour)
	w.do("/start", nil)
	if r := w.sync(); r.Policy != connect.Initial {
		t.Errorf("report %+v", r)
	}
}

// R-POL-12: groups with their members, nested ones too, also after a move.
func TestGroupsAreSynchronised(t *testing.T) {
	w := newWorld(t)
	adele := w.person("adele")
	inner, err := w.directory.CreateGroup(t.Context(), people, "inner", adele.DN)
	must(t, err)
	_, err = w.directory.CreateGroup(t.Context(), people, "outer", inner.DN)
	must(t, err)
	w.install()
	member := func() bool {
		g, ok := w.tenant.Group("outer")
		return ok && w.tenant.Member(g.ID, w.cloudUser("adele").ID)
	}
	if !member() {
		t.Error("adele is not in the outer group")
	}
	_, err = w.directory.Move(t.Context(), adele.DN, "CN=Users,"+base)
	must(t, err)
	w.sync()
	if !member() {
		t.Error("adele is not in the outer group after a move")
	}
	must(t, w.directory.RemoveMember(t.Context(), inner.DN, w.account("adele").DN))
	w.sync()
	if member() {
		t.Error("adele is still in the outer group")
	}
	must(t, w.directory.Delete(t.Context(), inner.DN))
	w.sync()
	if _, ok := w.tenant.Group("inner"); ok {
		t.Error("the inner group is still there")
	}
}

// The default filter: what every domain has stays where it is.
func TestBuiltInObjectsAreNotSynchronised(t *testing.T) {
	w := newWorld(t)
	w.install()
	for _, u := range w.tenant.Users() {
		if u.Synced() {
			t.Errorf("%s was synchronised", u.UPN)
		}
	}
	if groups := w.tenant.Groups(); len(groups) != 0 {
		t.Errorf("groups %+v", groups)
	}
}

// R-AAC-24: who is in the cloud already is joined, an administrator is not.
func TestExistingUsersAreJoined(t *testing.T) {
	w := newWorld(t)
	cloud, err := w.tenant.AddUser(entra.User{UPN: "adele@alder.example.com", Licences: []string{"AAD_PREMIUM"}, Enabled: true})
	must(t, err)
	w.person("adele")
	w.person("ada")
	st := w.install()
	if st.Report.Joined != 1 || len(st.Report.Errors) != 1 || !strings.Contains(st.Report.Errors[0], "InvalidSoftMatch") || st.Report.Status != "completed-export-errors" {
		t.Errorf("report %+v", st.Report)
	}
	if u := w.cloudUser("adele"); u.ID != cloud.ID || !u.Synced() || len(u.Licences) != 1 {
		t.Errorf("user %+v", u)
	}
	if ada := w.cloudUser("ada"); ada.Synced() {
		t.Error("an administrator was joined")
	}
	must(t, w.directory.Delete(t.Context(), w.account("ada").DN))
	if r := w.sync(); len(r.Errors) != 0 {
		t.Errorf("report %+v", r)
	}
}

// R-AAC-21.
func TestMassDeletionIsStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 501 people")
	}
	w := newWorld(t)
	_, err := w.directory.CreateOU(t.Context(), people, "Crowd")
	must(t, err)
	for i := range 501 {
		w.person(fmt.Sprintf("p%03d", i), func(n *newAccount) {
			n.Parent, n.Password, n.Disabled = "OU=Crowd,"+people, "", true
		})
	}
	w.install()
	must(t, w.directory.DeleteTree(t.Context(), "OU=Crowd,"+people))
	r := w.sync()
	if r.Status != "stopped-deletion-threshold-exceeded" || r.Deleted != 0 || len(w.events("id=116")) != 1 {
		t.Errorf("report %+v", r)
	}
	w.cloudUser("p500")
	for i := range 2 { // back under the threshold
		w.person(fmt.Sprintf("q%03d", i))
	}
	if r := w.sync(); r.Status != "stopped-deletion-threshold-exceeded" || r.Added != 2 {
		t.Errorf("what is not a deletion was stopped too: %+v", r)
	}
}

// R-AAC-23: the anchor ties, not the name; a recreated account is another one.
func TestARecreatedAccountIsAnotherObject(t *testing.T) {
	w := newWorld(t)
	w.person("adele")
	w.install()
	before := w.cloudUser("adele").ID
	must(t, w.directory.Delete(t.Context(), w.account("adele").DN))
	w.person("adele")
	if r := w.sync(); r.Deleted != 1 || r.Added != 1 || len(r.Errors) != 0 {
		t.Errorf("report %+v", r)
	}
	if w.cloudUser("adele").ID == before {
		t.Error("the new account took over the old one's object")
	}
}

// A half-year's jump costs 8,700 cycles and must not be felt.
func BenchmarkIdleCycle(b *testing.B) {
	w := newWorld(b)
	w.person("adele")
	w.install()
	for b.Loop() {
		w.clock.Advance(30 * time.Minute)
	}
}
