package script_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ssprlab/ssprlab/scenarios/script"
)

// parse reads a scenario that must be good.
func parse(t *testing.T, text string) *script.Scenario {
	t.Helper()
	scenarios, problems := script.Parse("s.yaml", []byte(text))
	for _, p := range problems {
		t.Error(p.Render())
	}
	if len(scenarios) != 1 {
		t.Fatalf("%d scenarios", len(scenarios))
	}
	return scenarios[0]
}

// complain returns the messages about a scenario.
func complain(text string) (messages []string) {
	_, problems := script.Parse("s.yaml", []byte(text))
	for _, p := range problems {
		messages = append(messages, p.Error())
	}
	return messages
}

// TestDefaults proves R-GAP-49 (the blade), R-PWD-18 (the domain's policy) and
// R-GAP-14 (the connector's rights) as the values of what is left out.
func TestDefaults(t *testing.T) {
	s := parse(t, "name: Small\npeople: {adele: {name: Adele Birch Holm, from: directory}}\nsteps: [{after: 90 minutes}]\n")
	reset := s.Tenant.PasswordReset
	checks := []struct {
		what      string
		got, want any
	}{
		{"eras", s.Eras, []script.Era{script.EraNow}},
		{"start", s.StartIn(script.Era2019), time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)},
		{"organisation", s.Organisation, "Alder Works"},
		{"domain", s.Domain, "alder.example.com"},
		{"verified", s.Tenant.VerifiedDomains, []string{"alder.example.com"}},
		{"combined", s.Tenant.Combined.For, script.ScopeAll},
		{"enabled", reset.Enabled, script.ScopeNone},
		{"methods required", reset.MethodsRequired, 1},
		{"methods", reset.Methods, []script.Method{script.Email, script.MobilePhone}},
		{"registration", reset.Registration, script.Registration{Required: true, ReconfirmAfter: 180}},
		{"notifications", reset.Notifications, script.Notifications{Users: true}},
		{"write back", reset.WriteBack, true},
		{"unlock", reset.UnlockWithoutReset, false},
		{"connect", []bool{s.Connect.Installed, s.Connect.Writeback}, []bool{true, true}},
		{"directory", s.Directory.Domain, "corp.alder.example.com"},
		{"history", s.Directory.Policy.History, 24},
		{"window", s.Directory.Policy.LockoutWindow, 30 * time.Minute},
		{"delegation", len(s.Directory.Delegation), 5},
		{"surname", s.People[0].Surname, "Birch Holm"},
		{"upn", s.People[0].UPN, "adele@alder.example.com"},
		{"mail", s.People[0].Mail, "adele@alder.example.com"},
		{"enabled", s.People[0].Enabled, true},
		{"after", s.Steps[0].After, 90 * time.Minute},
	}
	for _, c := range checks {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s: %s", c.what, d)
		}
	}
}

func TestStatedValues(t *testing.T) {
	s := parse(t, `
name: Stated
eras: [2019, "now"]
tenant:
  combined registration: none
  password reset: {enabled: selected, group: Pilot, methods required: 2, methods: [mobile app notification, email, mobile phone], write back: false}
  verified domains: []
directory: {domain: CORP.Alder.test}
groups: {Pilot: {members: [adele]}}
people:
  adele: {name: Adele Birch, user name: adele@corp.alder.test, from: directory, roles: [Global Administrator], registered: [app notification], registered on: 2019-05-01}
  grace: {name: Grace Alder, roles: [Reports Reader]}
steps: [{after: 1 day 2 hours}]
`)
	adele := s.Person("adele")
	if adele.UPN != "adele@corp.alder.test" || adele.UserName != "adele" || s.Directory.Domain != "corp.alder.test" {
		t.Errorf("%+v", adele)
	}
	if !adele.Admin() || s.Person("grace").Admin() || s.Person("bob") != nil {
		t.Error("R-POL-89: a reader is no administrator, and bob is nobody")
	}
	if s.Tenant.PasswordReset.WriteBack || len(s.Tenant.VerifiedDomains) != 0 || s.Tenant.PasswordReset.MethodsRequired != 2 {
		t.Errorf("%+v", s.Tenant)
	}
	if g := s.Group("Pilot"); g == nil || !g.Exists || g.At.Line != 9 || s.Group("pilot") != nil {
		t.Errorf("%+v", g)
	}
	if s.Steps[0].After != 26*time.Hour || adele.RegisteredOn.Month() != time.May {
		t.Errorf("%v, %v", s.Steps[0].After, adele.RegisteredOn)
	}
}

func TestSteps(t *testing.T) {
	data, err := os.ReadFile("testdata/good/forgotten.yaml")
	if err != nil {
		t.Fatal(err)
	}
	scenarios, problems := script.Parse("forgotten.yaml", data)
	if len(problems) > 0 || len(scenarios) != 1 {
		t.Fatal(len(scenarios), problems)
	}
	steps := scenarios[0].Steps
	fill := steps[1].Do[2]
	if fill.Verb != "fill" || fill.At.String() != "forgotten.yaml:84" {
		t.Errorf("%s at %s", fill.Verb, fill.At)
	}
	text := fill.What.(script.Fill).Fields[0].Text
	if ref := text.Parts[0].Ref; ref.Person != "adele" || ref.Name != "upn" || ref.At.Column != 28 || ref.Secret() {
		t.Errorf("%+v", ref)
	}
	if e := steps[1].Expect; !e.NoMore || len(e.NoMail) != 1 || *e.Phone[0].Calls != 0 || e.Directory[0].Passwords[1].Is {
		t.Errorf("%+v", e)
	}
	if ref := steps[1].Expect.Directory[0].Passwords[0].Value.Parts[0].Ref; ref.Person != "adele" || !ref.Secret() {
		t.Errorf("the actor's own: %+v", ref)
	}
	if s := steps[5]; !s.Runs(script.Era2019) || s.Runs(script.EraNow) || s.Actor != "" {
		t.Errorf("%+v", s)
	}
	last := steps[len(steps)-2:]
	if acts := append(last[0].Lab, last[1].Lab...); fmt.Sprint(acts) != "[protect account of adele stop mail enable account of adele delete account of adele disable account of adele]" {
		t.Errorf("%s", acts)
	}
	if bind := steps[4].Do[1].What.(script.Bind); bind.Times != 1 || bind.Result != script.BindLocked || !bind.Password.Empty() {
		t.Errorf("%+v", bind)
	}
}

// TestOrderOfFields: fields are filled in the order of the file.
func TestOrderOfFields(t *testing.T) {
	s := parse(t, "name: Order\npeople: {adele: {name: Adele Birch}}\nsteps: [{as: adele, do: {fill: {Z: 1, A: 02, M: \"\"}}}]\n")
	var got []string
	for _, f := range s.Steps[0].Do[0].What.(script.Fill).Fields {
		got = append(got, f.Label.String()+"="+f.Text.String())
	}
	if want := "Z=1 A=02 M="; strings.Join(got, " ") != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

// TestEveryActCanStand parses each act in its shortest form, so that the table
// and the types of What agree.
func TestEveryActCanStand(t *testing.T) {
	arguments := map[string]string{"open": "office", "fill": "{A: b}", "tick": "A", "untick": "A", "choose": "A", "press": "A",
		"save": "{name: kept, link: A}", "see": "{text: A}", "verify by": "text", "register": "email", "choose password": "A",
		"generate password": "kept", "answer call": "decline", "send mail": "{template: awareness, to: adele}"}
	seen := map[reflect.Type]bool{}
	for _, verb := range script.Verbs() {
		act := verb
		if a := arguments[verb]; a != "" {
			act = "{" + verb + ": " + a + "}"
		}
		s := parse(t, "name: One act\npeople: {adele: {name: Adele Birch, from: directory}}\nsteps: [{as: adele, do: ["+act+"]}]\n")
		w := reflect.TypeOf(s.Steps[0].Do[0].What)
		if s.Steps[0].Do[0].Verb != verb || seen[w] {
			t.Errorf("%s is %s", verb, w)
		}
		seen[w] = true
	}
}

func TestSeveralDocuments(t *testing.T) {
	text := "name: One\nsteps: [{after: 1 minute}]\n---\nname: [\n--- # three\n\n# nothing\n...\nname: Four\nsteps: [{aftr: 1 minute}]\n---\nname: Five\nsteps: [{after: 1 minute}]\n"
	scenarios, problems := script.Parse("s.yaml", []byte(text))
	if len(scenarios) != 2 || scenarios[1].Name != "Five" || scenarios[1].At.Line != 12 {
		t.Errorf("%d scenarios", len(scenarios))
	}
	if len(problems) != 2 || problems[0].Line != 4 || problems[1].Line != 10 || problems[1].Nearest != "after" {
		t.Errorf("%v", problems)
	}
}

func TestTooManyProblems(t *testing.T) {
	got := complain("name: Many\n" + strings.Repeat("x: y\n", 500))
	if len(got) != 200 || !strings.HasSuffix(got[199], "more than 199 problems; the rest is not read") {
		t.Errorf("%d problems, the last %s", len(got), got[len(got)-1])
	}
}

func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("testdata/good/forgotten.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, problems := script.Parse("forgotten.yaml", data); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
