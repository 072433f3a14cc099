package connect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

const (
	nextPass  = "Sunny-Harbor-43"
	otherPass = "Quiet-Meadow-58"
)

// reason returns why the directory refused a bind.
func reason(err error) directory.Reason {
	if r, ok := err.(*directory.Refusal); ok {
		return r.Reason
	}
	return directory.Other
}

func ids(w *world, query string) (list []int) {
	w.t.Helper()
	for _, e := range w.events(query) {
		list = append(list, e.ID)
	}
	return list
}

// enabled is a world with writeback, and the named people in both places.
func enabled(t testing.TB, names ...string) *world {
	w := newWorld(t)
	for _, n := range names {
		w.person(n)
	}
	w.enable()
	return w
}

func (w *world) account(name string) directory.Account {
	w.t.Helper()
	acc, err := w.directory.AccountBySAM(w.t.Context(), name)
	must(w.t, err)
	return acc
}

// lock locks an account by wrong passwords.
func (w *world) lock(name string) {
	w.t.Helper()
	for range 5 {
		w.opens(name, "wrong")
	}
	if r := reason(w.opens(name, startPass)); r != directory.Locked {
		w.t.Fatalf("%s is not locked: %s", name, r)
	}
}

// R-WB-43, R-WB-44, R-WB-95, R-POL-75, R-GAP-32.
func TestAResetSetsThePasswordAndUnlocks(t *testing.T) {
	w := enabled(t, "adele")
	w.lock("adele")
	o := w.carry(w.operation(entra.OpReset, "adele", nextPass))
	if o.Result != entra.Done || o.Event != 31002 {
		t.Fatalf("outcome %+v", o)
	}
	must(t, w.opens("adele", nextPass))
	if r := reason(w.opens("adele", startPass)); r != directory.WrongPassword {
		t.Errorf("the old password: %s", r)
	}
	if got, want := ids(w, "tracking=track-adele"), []int{31001, 405, 403, 405, 31002}; !slices.Equal(got, want) {
		t.Errorf("trail %v, want %v", got, want)
	}
	done := w.events("id=31002")[0]
	for _, want := range []string{"track-adele", "User_" + w.cloudUser("adele").ID, w.account("adele").Anchor, "unblockUser: True"} {
		if !strings.Contains(done.Message, want) {
			t.Errorf("event %q lacks %s", done.Message, want)
		}
	}
	for _, e := range w.events("") {
		if strings.Contains(e.Message, nextPass) {
			t.Errorf("event %d shows the password", e.ID)
		}
	}
	if strings.Contains(w.log.String(), nextPass) {
		t.Error("the log shows the password")
	}
}

// R-WB-23, R-WB-36, R-RST-86.
func TestAnUnlockLeavesThePassword(t *testing.T) {
	w := enabled(t, "adele")
	w.lock("adele")
	before := w.account("adele").PasswordSet
	if o := w.carry(w.operation(entra.OpUnlock, "adele", "")); o.Result != entra.Done {
		t.Fatalf("outcome %+v", o)
	}
	must(t, w.opens("adele", startPass))
	if after := w.account("adele").PasswordSet; !after.Equal(before) {
		t.Errorf("pwdLastSet went from %s to %s", before, after)
	}
}

// R-CHG-07, R-CHG-09, R-WB-100, R-WB-101.
func TestAChangeIsTheDirectorysOwn(t *testing.T) {
	w := enabled(t, "adele")
	change := func(old, next string) entra.Outcome {
		op := w.operation(entra.OpChange, "adele", next)
		op.OldPassword = old
		return w.carry(op)
	}
	for _, tc := range []struct {
		name, old, next string
		result          entra.Result
		event           int
	}{
		{"a wrong old password", "wrong", nextPass, entra.WrongPassword, 33007},
		{"too short a password", startPass, "aB1", entra.PolicyRefused, 33008},
		{"the right one", startPass, nextPass, entra.Done, 31007},
		{"the one before", nextPass, startPass, entra.PolicyRefused, 33008},
	} {
		if o := change(tc.old, tc.next); o.Result != tc.result || o.Event != tc.event {
			t.Errorf("%s: %+v, want %s %d", tc.name, o, tc.result, tc.event)
		}
	}
	must(t, w.opens("adele", nextPass))
	w.lock2("adele", nextPass)
	if o := change(nextPass, otherPass); o.Result != entra.LockedOut || o.Event != 33006 {
		t.Errorf("a locked account: %+v", o)
	}
	if got := ids(w, "id=31008"); len(got) != 4 {
		t.Errorf("%d failures logged", len(got))
	}
}

// lock2 locks an account whose password is another.
func (w *world) lock2(name, password string) {
	for range 5 {
		w.opens(name, "wrong")
	}
	if r := reason(w.opens(name, password)); r != directory.Locked {
		w.t.Fatalf("%s is not locked: %s", name, r)
	}
}

// R-CHG-22, R-CHG-23, R-WB-18, R-WB-58.
func TestAnAdministratorsResetForcesAChange(t *testing.T) {
	w := enabled(t, "adele")
	never := w.person("nora", func(n *newAccount) { n.NeverExpires = true })
	w.sync()
	for _, name := range []string{"adele", "nora"} {
		op := w.operation(entra.OpAdminReset, name, nextPass)
		op.MustChange = true
		if o := w.carry(op); o.Result != entra.Done || o.Event != 31010 {
			t.Fatalf("%s: %+v", name, o)
		}
	}
	if r := reason(w.opens("adele", nextPass)); r != directory.MustChange {
		t.Errorf("adele signs in with %s", r)
	}
	if err := w.opens("nora", nextPass); err != nil || w.account("nora").MustChange {
		t.Errorf("%s: %v", never.DN, err)
	}
	if o := w.carry(w.operation(entra.OpReset, "adele", otherPass)); o.Result != entra.Done {
		t.Errorf("who must change is not exempt: %+v", o)
	}
}

// R-WB-66..74, R-WB-87..90, R-WB-94, R-ELG-36, R-ELG-37, R-WB-83, R-WB-109.
func TestWhatIsRefusedAndByWhichEvent(t *testing.T) {
	protect := func(w *world) {
		must(w.t, w.directory.AddMember(w.t.Context(), "CN=Domain Admins,CN=Users,"+base, w.account("adele").DN))
	}
	for _, tc := range []struct {
		name     string
		spoil    func(*world)
		kind     entra.Kind
		password string
		result   entra.Result
		event    int
		code     string // of 6329
	}{
		{"disabled", func(w *world) { must(w.t, w.directory.SetEnabled(w.t.Context(), w.account("adele").DN, false)) },
			entra.OpReset, nextPass, entra.AccountDisabled, 33005, ""},
		{"protected", protect, entra.OpReset, nextPass, entra.NoPermission, 33004, "80231367"},
		{"protected, by an administrator", protect, entra.OpAdminReset, nextPass, entra.NoPermission, 33004, "80231367"},
		{"protected, unlock", protect, entra.OpUnlock, "", entra.NoPermission, 33004, "80231367"},
		{"protected, but with the old password", protect, entra.OpChange, nextPass, entra.Done, 31007, ""},
		{"may not change", func(w *world) {
			must(w.t, w.directory.Delete(w.t.Context(), w.account("adele").DN))
			w.person("adele", func(n *newAccount) { n.CannotChange = true })
			w.sync()
		}, entra.OpReset, nextPass, entra.NoPermission, 33004, "0x80070005"},
		{"deleted since the last cycle", func(w *world) { must(w.t, w.directory.Delete(w.t.Context(), w.account("adele").DN)) },
			entra.OpReset, nextPass, entra.UserNotFound, 33002, ""},
		{"two with one anchor", func(w *world) {
			anchor := w.account("adele")
			other := w.person("double")
			guid, err := w.directory.Attributes(w.t.Context(), anchor.DN, "objectGUID")
			must(w.t, err)
			for _, dn := range []string{anchor.DN, other.DN} {
				must(w.t, w.directory.Modify(w.t.Context(), dn, directory.Set("mS-DS-ConsistencyGuid", guid["objectGUID"]...)))
			}
			w.sync()
		}, entra.OpReset, nextPass, entra.SeveralUsers, 33003, "80230402"},
		{"too short", nil, entra.OpReset, "aB1", entra.PolicyRefused, 33008, "0x80230619"},
		{"too simple", nil, entra.OpReset, "sunnyharbor", entra.PolicyRefused, 33008, "0x80230619"},
		{"a unit with reserved characters", func(w *world) {
			unit, err := w.directory.CreateOU(w.t.Context(), base, "Sales, East")
			must(w.t, err)
			_, err = w.directory.Move(w.t.Context(), w.account("adele").DN, unit)
			must(w.t, err)
		}, entra.OpReset, nextPass, entra.UnknownFailure, 33001, ""},
		{"moved since the last cycle", func(w *world) {
			_, err := w.directory.Move(w.t.Context(), w.account("adele").DN, "CN=Users,"+base)
			must(w.t, err)
		}, entra.OpReset, nextPass, entra.Done, 31002, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := enabled(t, "adele")
			op := w.operation(tc.kind, "adele", tc.password)
			op.OldPassword = startPass
			if tc.spoil != nil {
				tc.spoil(w)
			}
			if u, ok := w.tenant.User("adele@alder.example.com"); ok { // perhaps another one by now
				op.CloudAnchor = "User_" + u.ID
			}
			if o := w.carry(op); o.Result != tc.result || o.Event != tc.event {
				t.Errorf("outcome %+v, want %s %d", o, tc.result, tc.event)
			}
			coded := w.events("id=6329")
			if (tc.code != "") != (len(coded) == 1 && strings.Contains(coded[0].Message, tc.code)) {
				t.Errorf("events 6329 %+v, want %q", coded, tc.code)
			}
			if tc.result != entra.Done && len(ids(w, "tracking=track-adele&id=31003"))+len(ids(w, "id=31011")) != 1 {
				t.Error("no event of the failure")
			}
		})
	}
}

// R-WB-41: a directory that takes nothing unencrypted refuses the connection.
func TestAConnectionThatIsNotSealedIsRefused(t *testing.T) {
	w := newWorld(t, func(c *connect.Config, _ *entra.Config) { c.Directory.Plaintext = true })
	w.license()
	w.order("/install", as(admin, adminPass), nil) // ends at the first cycle, for the same reason
	w.do("/configure", as(admin, adminPass, "writeback", true))
	o := w.carry(entra.Operation{Kind: entra.OpReset, TrackingID: "track-x", CloudAnchor: "User_x", UPN: "adele@alder.example.com", Password: nextPass})
	if o.Result != entra.WrongConfig || o.Event != 33009 {
		t.Errorf("outcome %+v", o)
	}
	if coded := w.events("id=6329&tracking=track-x"); len(coded) != 1 || !strings.Contains(coded[0].Message, "hr=8023062C") {
		t.Errorf("events 6329 %+v", coded)
	}
}

// R-WB-03: every connection is the agent's own, by TLS to the one port of the
// cloud's own hosts; nobody needs to reach the agent.
func TestTheAgentIsReachedByNobody(t *testing.T) {
	w := enabled(t, "adele")
	op := w.operation(entra.OpReset, "adele", nextPass)
	w.pages.Close() // the lab's doors to it, which the product does not have
	w.control.Close()
	if o := w.carry(op); o.Result != entra.Done {
		t.Errorf("outcome %+v", o)
	}
	must(t, w.opens("adele", nextPass))
	hosts := w.tenant.Hosts()
	var known []string
	for _, name := range []string{entra.LoginHost, entra.RelayHost, entra.ProvisionHost} {
		known = append(known, strings.TrimPrefix(hosts.URL(name, ""), "https://"))
	}
	dialled := strings.Fields(w.dialled.String())
	if !slices.Contains(dialled, known[1]) {
		t.Errorf("dialled %q, and not the relay", dialled)
	}
	for _, addr := range dialled {
		if !slices.Contains(known, addr) {
			t.Errorf("dialled %s, which is none of %q", addr, known)
		}
	}
}

// R-WB-05: an object that the tenant knows and the agent does not.
func TestAnAnchorWithoutConnectionIsNotFound(t *testing.T) {
	w := enabled(t, "adele")
	op := w.operation(entra.OpReset, "adele", nextPass)
	op.CloudAnchor = "User_00000000-0000-4000-8000-000000000000"
	if o := w.carry(op); o.Result != entra.UserNotFound || o.Event != 33002 {
		t.Errorf("outcome %+v", o)
	}
}

// R-WB-98, R-GAP-29, R-PWD-15: the minimum age holds for a set, too.
func TestTheMinimumAgeHoldsForAReset(t *testing.T) {
	w := enabled(t, "adele")
	p, err := w.directory.Policy(t.Context(), "")
	must(t, err)
	p.MinAge = 24 * time.Hour
	must(t, w.directory.SetPolicy(t.Context(), p))
	op := w.operation(entra.OpReset, "adele", nextPass)
	if o := w.carry(op); o.Result != entra.PolicyRefused || o.Event != 33008 {
		t.Errorf("a young password: %+v", o)
	}
	must(t, w.directory.SetMustChange(t.Context(), w.account("adele").DN, true))
	if o := w.carry(op); o.Result != entra.Done {
		t.Errorf("who must change is not exempt: %+v (R-WB-106)", o)
	}
	w.clock.Advance(25 * time.Hour)
	op.Password = otherPass
	if o := w.carry(op); o.Result != entra.Done {
		t.Errorf("an old password: %+v", o)
	}
}

// R-WB-98, R-WB-99, R-PWD-16: what the agent wrote or saw at a sign-in does not
// come back, as far as the policy's history goes.
func TestTheHistoryHoldsForAReset(t *testing.T) {
	w := enabled(t, "adele")
	reset := func(password string, want entra.Result) {
		t.Helper()
		if o := w.carry(w.operation(entra.OpReset, "adele", password)); o.Result != want {
			t.Errorf("%s: %+v, want %s", password, o, want)
		}
	}
	if o := w.carry(w.operation(entra.OpValidate, "adele", startPass)); o.Result != entra.Done {
		t.Fatalf("sign-in: %+v", o)
	}
	reset(startPass, entra.PolicyRefused)
	reset(nextPass, entra.Done)
	reset(startPass, entra.PolicyRefused)
	reset(nextPass, entra.PolicyRefused)
	reset(otherPass, entra.Done)
	p, err := w.directory.Policy(t.Context(), "")
	must(t, err)
	p.History = 2
	must(t, w.directory.SetPolicy(t.Context(), p))
	reset(nextPass, entra.PolicyRefused)
	reset(startPass, entra.Done) // the third last
	p.History = 0
	must(t, w.directory.SetPolicy(t.Context(), p))
	reset(startPass, entra.Done)
}

// R-WB-108: a fine-grained policy holds for whom it applies to.
func TestAFineGrainedPolicyHolds(t *testing.T) {
	w := enabled(t, "adele")
	p, err := w.directory.Policy(t.Context(), "")
	must(t, err)
	p.MinLength, p.Precedence = 18, 1
	_, err = w.directory.CreatePSO(t.Context(), "long", p, w.account("adele").DN)
	must(t, err)
	if o := w.carry(w.operation(entra.OpReset, "adele", nextPass)); o.Result != entra.PolicyRefused {
		t.Errorf("outcome %+v", o)
	}
	if o := w.carry(w.operation(entra.OpReset, "adele", "Sunny-Harbor-43-and-more")); o.Result != entra.Done {
		t.Errorf("outcome %+v", o)
	}
}

// R-WB-25, R-WB-69: rights of the connector account that are missing.
func TestMissingRightsAreReported(t *testing.T) {
	w := enabled(t, "adele")
	msol := w.account("MSOL_0a1b2c3d4e5f").DN
	must(t, w.directory.Revoke(t.Context(), msol, base, directory.ResetPassword))
	if o := w.carry(w.operation(entra.OpReset, "adele", nextPass)); o.Result != entra.NoPermission || o.Event != 33004 {
		t.Errorf("outcome %+v", o)
	}
	must(t, w.opens("adele", startPass))
}

// R-WB-26, R-WB-28, R-WB-103.
func TestWithoutTheRightToUnexpireAResetExpiresAtOnce(t *testing.T) {
	w := enabled(t, "adele")
	w.withoutUnexpire()
	if o := w.carry(w.operation(entra.OpReset, "adele", nextPass)); o.Result != entra.Done {
		t.Fatalf("outcome %+v", o)
	}
	if r := reason(w.opens("adele", nextPass)); r != directory.MustChange {
		t.Errorf("the new password signs in with %s, want %s", r, directory.MustChange)
	}
}

// withoutUnexpire takes the right Unexpire Password from everybody: a domain
// gives it to whoever has signed in, the connector account included.
func (w *world) withoutUnexpire() {
	w.t.Helper()
	const attribute = "nTSecurityDescriptor"
	values, err := w.directory.Attributes(w.t.Context(), base, attribute)
	must(w.t, err)
	d, err := sd.Parse([]byte(values[attribute][0]))
	must(w.t, err)
	d.DACL.Entries = slices.DeleteFunc(d.DACL.Entries, func(e sd.ACE) bool { return e.Object == sd.UnexpirePassword() })
	raw, err := d.Marshal()
	must(w.t, err)
	must(w.t, w.directory.Modify(w.t.Context(), base, directory.Set(attribute, string(raw))))
}

// R-AAC-41, R-WB-110b: the directory's verdict on a sign-in.
func TestPassThroughSignIn(t *testing.T) {
	for _, tc := range []struct {
		name     string
		prepare  func(*world)
		password string
		result   entra.Result
	}{
		{"right", nil, startPass, entra.Done},
		{"wrong", nil, "wrong", entra.WrongPassword},
		{"empty", nil, "", entra.WrongPassword},
		{"locked", func(w *world) { w.lock("adele") }, startPass, entra.LockedOut},
		{"disabled", func(w *world) { must(w.t, w.directory.SetEnabled(w.t.Context(), w.account("adele").DN, false)) }, startPass, entra.AccountDisabled},
		{"must change", func(w *world) { must(w.t, w.directory.SetMustChange(w.t.Context(), w.account("adele").DN, true)) }, startPass, entra.MustChangeFirst},
		{"account expired", func(w *world) {
			must(w.t, w.directory.Modify(w.t.Context(), w.account("adele").DN, directory.Set("accountExpires", "131000000000000000")))
		}, startPass, entra.AccountExpired},
		{"password expired", func(w *world) { w.clock.Advance(400 * 24 * time.Hour) }, startPass, entra.PasswordExpired},
		{"moved since the last cycle", func(w *world) {
			_, err := w.directory.Move(w.t.Context(), w.account("adele").DN, "CN=Users,"+base)
			must(w.t, err)
		}, startPass, entra.Done},
		{"deleted since the last cycle", func(w *world) { must(w.t, w.directory.Delete(w.t.Context(), w.account("adele").DN)) }, startPass, entra.UserNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t) // writeback is not needed for it
			w.person("adele")
			w.install()
			op := w.operation(entra.OpValidate, "adele", tc.password)
			if tc.prepare != nil {
				tc.prepare(w)
			}
			if o := w.carry(op); o.Result != tc.result {
				t.Errorf("outcome %+v, want %s", o, tc.result)
			}
		})
	}
}
