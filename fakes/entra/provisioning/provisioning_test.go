package provisioning

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
	"github.com/ssprlab/ssprlab/lab/clock"
)

// gate lets "agent" with any secret in, and the token "sync".
type gate struct{ synced []string }

func (g *gate) Agent(q *http.Request) (string, error) {
	if id, _, _ := q.BasicAuth(); id == "agent" {
		return id, nil
	}
	return "", errors.New("no agent")
}

func (g *gate) SyncCaller(q *http.Request) bool {
	return q.Header.Get("Authorization") == "Bearer sync"
}

func (g *gate) Synchronised(id string) { g.synced = append(g.synced, id) }

// lab is a tenant with its provisioning host.
type lab struct {
	t       *testing.T
	tenant  *entra.Tenant
	service *Service
	gate    *gate
}

func newLab(t *testing.T, era entra.Era) *lab {
	l := &lab{t: t, gate: new(gate)}
	l.tenant = entra.New(entra.Config{Era: era, Clock: clock.New(time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC))})
	l.service = New(l.tenant, l.gate)
	return l
}

func (l *lab) post(path, authorization, body string) *httptest.ResponseRecorder {
	q := httptest.NewRequest("POST", path, strings.NewReader(body))
	if authorization == "agent" {
		q.SetBasicAuth("agent", "secret")
	} else {
		q.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	l.service.ServeHTTP(w, q)
	return w
}

// export posts a batch and returns the results by anchor.
func (l *lab) export(b export.Batch) map[string]export.Result {
	l.t.Helper()
	body, err := json.Marshal(b)
	if err != nil {
		l.t.Fatal(err)
	}
	w := l.post(export.Path, "agent", string(body))
	var a export.Answer
	if err := json.NewDecoder(w.Body).Decode(&a); err != nil || w.Code != 200 {
		l.t.Fatalf("export: %d %v", w.Code, err)
	}
	if len(a.Results) != b.Len() {
		l.t.Fatalf("%d results for %d objects", len(a.Results), b.Len())
	}
	byAnchor := map[string]export.Result{}
	for _, r := range a.Results {
		byAnchor[r.Anchor] = r
	}
	return byAnchor
}

func adele() export.User {
	return export.User{
		Anchor: "QWRlbGUAAAAAAAAAAAAAAA==", DN: "CN=Adele Vance,OU=People,DC=alder,DC=example,DC=com", SAM: "adele", Domain: "alder.example.com",
		SID: "S-1-5-21-1-2-3-1104", UPN: "adele@alder.example.com", DisplayName: "Adele Vance", GivenName: "Adele", Surname: "Vance",
		Mail: "adele.vance@alder.example.com", OfficePhone: "+1 4255550100", MobilePhone: "+1 4255550101", Enabled: true,
		PasswordSet: time.Date(2019, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

// R-POL-46, R-AAC-23.
func TestANewUserGetsTheDefaultMapping(t *testing.T) {
	l := newLab(t, entra.Now)
	r := l.export(export.Batch{Users: []export.User{adele()}, Complete: true})[adele().Anchor]
	if r.Action != export.Added || r.Error != "" {
		t.Fatalf("result %+v", r)
	}
	u, ok := l.tenant.User(r.ID)
	if !ok || u.UPN != "adele@alder.example.com" || u.OfficePhone != "+1 4255550100" || u.MobilePhone != "+1 4255550101" ||
		u.Name != "Adele Vance" || u.Mail != "adele.vance@alder.example.com" || !u.Enabled || !u.Synced() {
		t.Errorf("user %+v", u)
	}
	if o := u.OnPremises; o.ImmutableID != adele().Anchor || o.SAM != "adele" || o.LastSync.IsZero() {
		t.Errorf("on-premises %+v", o)
	}
	if !slices.Equal(l.gate.synced, []string{"agent"}) {
		t.Errorf("synchronised: %v", l.gate.synced)
	}
}

// R-AAC-25, R-ELG-31, and the attributes that are the tenant's own.
func TestTheDirectoryIsAuthoritative(t *testing.T) {
	l := newLab(t, entra.Now)
	id := l.export(export.Batch{Users: []export.User{adele()}})[adele().Anchor].ID
	l.tenant.Update(id, func(u *entra.User) error {
		u.MobilePhone, u.Name = "+1 4255550199", "Somebody"
		u.Security.Phone = "+1 4255550150"
		u.Licences = []string{"AAD_PREMIUM"}
		return nil
	})
	next := adele()
	next.Enabled, next.OfficePhone, next.UPN = false, "", "adele.vance@alder.example.com"
	if r := l.export(export.Batch{Users: []export.User{next}})[next.Anchor]; r.Action != export.Updated || r.ID != id {
		t.Errorf("result %+v", r)
	}
	u, _ := l.tenant.User("adele.vance@alder.example.com")
	if u.ID != id || u.MobilePhone != "+1 4255550101" || u.Name != "Adele Vance" || u.OfficePhone != "" || u.Enabled {
		t.Errorf("user %+v", u)
	}
	if u.Security.Phone == "" || len(u.Licences) == 0 {
		t.Errorf("what is the tenant's own was lost: %+v", u)
	}
	if r := l.export(export.Batch{Users: []export.User{next}})[next.Anchor]; r.Action != export.Unchanged {
		t.Errorf("the same again: %+v", r)
	}
}

// R-AAC-24: anchor first, then the names; administrators and other people's
// objects are left alone.
func TestHowAnObjectIsJoined(t *testing.T) {
	anchored := &entra.OnPremises{ImmutableID: adele().Anchor}
	for _, tc := range []struct {
		name   string
		era    entra.Era
		before entra.User
		action export.Action
		error  string
	}{
		{"by source anchor, whatever the name", entra.Now, entra.User{UPN: "old@alder.example.com", OnPremises: anchored}, export.Updated, ""},
		{"by user principal name", entra.Now, entra.User{UPN: "ADELE@alder.example.com"}, export.Joined, ""},
		{"by primary mail address", entra.Now, entra.User{UPN: "av@alder.example.com", Mail: "Adele.Vance@alder.example.com"}, export.Joined, ""},
		{"not an administrator today", entra.Now, entra.User{UPN: "adele@alder.example.com", Roles: []string{"User Administrator"}}, export.Failed, export.InvalidSoftMatch},
		{"an administrator in 2019", entra.Era2019, entra.User{UPN: "adele@alder.example.com", Roles: []string{"User Administrator"}}, export.Joined, ""},
		{"not another synchronised object", entra.Now, entra.User{UPN: "adele@alder.example.com", OnPremises: &entra.OnPremises{ImmutableID: "other"}}, export.Failed, export.DuplicateValue},
		{"nobody", entra.Now, entra.User{UPN: "av@alder.example.com", Mail: "av@alder.example.com"}, export.Added, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newLab(t, tc.era)
			before, err := l.tenant.AddUser(tc.before)
			if err != nil {
				t.Fatal(err)
			}
			r := l.export(export.Batch{Users: []export.User{adele()}})[adele().Anchor]
			if code, _, _ := strings.Cut(r.Error, ":"); r.Action != tc.action || code != tc.error {
				t.Fatalf("result %+v, want %s %s", r, tc.action, tc.error)
			}
			after, ok := l.tenant.User(adele().Anchor)
			if joined := ok && after.ID == before.ID; joined != (tc.action == export.Joined || tc.action == export.Updated) {
				t.Errorf("joined: %v", joined)
			}
		})
	}
}

// R-AAC-06 lets people continue without a verified suffix.
func TestANameWithoutVerifiedSuffixGetsTheDefaultDomain(t *testing.T) {
	for upn, want := range map[string]string{
		"adele@corp.test":         "adele@alder.example.com",
		"":                        "adele@alder.example.com",
		"adele@ALDER.example.com": "adele@ALDER.example.com",
	} {
		l := newLab(t, entra.Now)
		u := adele()
		u.UPN = upn
		id := l.export(export.Batch{Users: []export.User{u}})[u.Anchor].ID
		if got, _ := l.tenant.User(id); got.UPN != want {
			t.Errorf("%q became %q, want %q", upn, got.UPN, want)
		}
	}
}

func group(name string, members ...string) export.Group {
	return export.Group{Anchor: "anchor of " + name, DN: "CN=" + name, Name: name, Members: members}
}

// R-POL-12 counts nested members.
func TestGroupsComeWithTheirMembersNestedOnesToo(t *testing.T) {
	l := newLab(t, entra.Now)
	results := l.export(export.Batch{Users: []export.User{adele()}, Groups: []export.Group{
		group("outer", "anchor of inner", "unknown"), group("inner", adele().Anchor),
	}})
	outer, user := results["anchor of outer"].ID, results[adele().Anchor].ID
	if !l.tenant.Member(outer, user) {
		t.Error("the nested member is not in the outer group")
	}
	renamed := group("outer")
	renamed.Name = "renamed"
	if r := l.export(export.Batch{Groups: []export.Group{renamed}})["anchor of outer"]; r.Action != export.Updated || r.ID != outer {
		t.Errorf("result %+v", r)
	}
	if g, _ := l.tenant.Group(outer); g.Name != "renamed" || len(g.Members) != 0 {
		t.Errorf("group %+v", g)
	}
	if r := l.export(export.Batch{Groups: []export.Group{renamed}})["anchor of outer"]; r.Action != export.Unchanged {
		t.Errorf("the same again: %+v", r)
	}
}

func TestDeletionTakesOnlyWhatWasSynchronised(t *testing.T) {
	l := newLab(t, entra.Now)
	cloud, _ := l.tenant.AddUser(entra.User{UPN: "cloud@alder.example.com"})
	results := l.export(export.Batch{Users: []export.User{adele()}, Groups: []export.Group{group("staff", adele().Anchor)}})
	gone := l.export(export.Batch{Deleted: []string{adele().Anchor, "anchor of staff", cloud.ID}})
	for anchor, want := range map[string]export.Action{adele().Anchor: export.Deleted, "anchor of staff": export.Deleted, cloud.ID: export.Unchanged} {
		if gone[anchor].Action != want {
			t.Errorf("%s: %+v, want %s", anchor, gone[anchor], want)
		}
	}
	if _, ok := l.tenant.User(results[adele().Anchor].ID); ok {
		t.Error("the user is still there")
	}
	if _, ok := l.tenant.User(cloud.ID); !ok {
		t.Error("a user of the cloud was deleted")
	}
}

func TestAnObjectWithoutWhatItNeedsFailsAlone(t *testing.T) {
	l := newLab(t, entra.Now)
	bad := adele()
	bad.Anchor = ""
	results := l.export(export.Batch{Users: []export.User{bad, adele()}, Groups: []export.Group{{Anchor: "nameless"}}})
	if results[""].Action != export.Failed || results["nameless"].Action != export.Failed || results[adele().Anchor].Action != export.Added {
		t.Errorf("results %+v", results)
	}
}

func TestWhoMayExportAndWhat(t *testing.T) {
	huge, _ := json.Marshal(export.Batch{Deleted: make([]string, export.MaxObjects+1)})
	for _, tc := range []struct {
		name, path, who, body string
		status                int
	}{
		{"an agent", export.Path, "agent", "{}", 200},
		{"the synchronisation account", export.Path, "Bearer sync", "{}", 200},
		{"anybody", export.Path, "Bearer bob", "{}", 401},
		{"rubbish", export.Path, "agent", "[", 400},
		{"an unknown field", export.Path, "agent", `{"contacts":[]}`, 400},
		{"two batches", export.Path, "agent", "{}{}", 400},
		{"too many objects", export.Path, "agent", string(huge), 400},
		{"too many bytes", export.Path, "agent", `{"deleted":["` + string(bytes.Repeat([]byte("x"), export.MaxBytes)) + `"]}`, 413},
		{"an unknown route", "/v1/import", "agent", "{}", 501},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newLab(t, entra.Now)
			if w := l.post(tc.path, tc.who, tc.body); w.Code != tc.status {
				t.Errorf("status %d, want %d: %s", w.Code, tc.status, w.Body)
			}
		})
	}
}

func FuzzExport(f *testing.F) {
	f.Add(`{"users":[{"anchor":"a","sam":"s","upn":"u@x","enabled":true}],"groups":[{"anchor":"g","name":"n","members":["a","g"]}],"deleted":["a"]}`)
	f.Add(`{"users":[{"anchor":"a","sam":"s"},{"anchor":"a","sam":"s"}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		w := newLab(t, entra.Now).post(export.Path, "agent", body)
		if w.Code != 200 && w.Code != 400 {
			t.Errorf("status %d", w.Code)
		}
	})
}
