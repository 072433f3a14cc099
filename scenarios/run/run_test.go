package run_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web/form"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

const people = `
people:
  carla: {name: Carla Elm, licence: AAD_PREMIUM, alternate email: carla@home.example.net, registered: [email], password: Mozak-Ribut-221}
steps:
`

// play runs the steps with people and returns what came of it.
func play(t *testing.T, head, steps string, change func(*run.Options)) *report.Run {
	t.Helper()
	list, problems := script.Parse("test.yaml", []byte(head+people+steps))
	for _, p := range problems {
		t.Fatal(p.Render())
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	driver := form.New(form.Config{RootCAs: authority.Pool()})
	t.Cleanup(func() { driver.Close() })
	o := run.Options{Driver: driver, Authority: authority, Seed: 7}
	if change != nil {
		change(&o)
	}
	done, err := run.Run(t.Context(), list, o)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestAScenarioThatHoldsPasses(t *testing.T) {
	done := play(t, "name: It holds\nrules: [R-CHG-04]\n", `
  - name: Carla signs in
    as: carla
    rules: [T-06]
    do:
      - sign in
      - see: {heading: "Good to see you, Carla"}
  - after: 31 minutes
`, nil)
	s := done.Scenarios[0]
	if !s.Passed || s.Error != "" || len(s.Steps) != 2 || s.Driver != "http" || s.Era != "now" {
		t.Fatalf("%+v", s)
	}
	if got := strings.Join(s.Rules, " "); got != "R-CHG-04 T-06" {
		t.Errorf("rules %s", got)
	}
	if moved := s.Steps[1].LabTime.Sub(s.Steps[0].LabTime); moved < 31*time.Minute || moved > 32*time.Minute {
		t.Errorf("the lab's clock moved by %s", moved)
	}
	if pages := s.Steps[0].Pages; len(pages) < 4 || !strings.Contains(pages[0].HTML, "Sign in") {
		t.Errorf("%d pages in evidence", len(pages))
	}
}

func TestAFailedStepTellsPlaceExpectationAndFind(t *testing.T) {
	done := play(t, "name: It fails\n", `
  - name: Carla sees what is not there
    as: carla
    do:
      - sign in
      - see: {heading: Good night}
  - name: Never reached
    as: carla
    do: [sign out]
`, nil)
	s := done.Scenarios[0]
	failed, skipped := s.Steps[0], s.Steps[1]
	if s.Passed || failed.Passed || failed.Line == 0 || failed.Expected != `"Good night"` || failed.Found != `"Good to see you, Carla"` {
		t.Errorf("failed step: %+v", failed)
	}
	if !strings.HasPrefix(failed.Error, "test.yaml:") || strings.Count(failed.Error, "test.yaml") != 1 {
		t.Errorf("error %q names its place other than once", failed.Error)
	}
	if !skipped.Skipped || skipped.Passed {
		t.Errorf("step after a failed one: %+v", skipped)
	}
}

func TestMistakesOfAStepAreToldInPlainWords(t *testing.T) {
	for _, c := range []struct{ steps, want string }{
		{"  - as: carla\n    do: [{press: Next}]\n", "carla has no page in front"},
		{"  - as: carla\n    do: [{open: office}, {press: Nest}]\n", "Nest"},
		{"  - as: carla\n    do: [{open: office}, {fill: {Colour: red}}, {press: Next}]\n", "Colour"},
		{"  - as: carla\n    do: [{open: office}, {fill: {\"Enter your email, phone, or Skype.\": \"${app code}\"}}]\n", "no account in an authenticator app"},
		{"  - as: carla\n    do: [{open: office}, scan app]\n", "shows no QR code"},
	} {
		s := play(t, "name: Mistakes\n", c.steps, nil).Scenarios[0]
		if s.Passed || !strings.Contains(s.Steps[0].Error, c.want) || !strings.Contains(s.Steps[0].Error, "test.yaml:") {
			t.Errorf("%s: error %q, want one about %q", c.steps, s.Steps[0].Error, c.want)
		}
	}
}

func TestEachEraIsAScenarioOfItsOwn(t *testing.T) {
	done := play(t, "name: Twice\neras: [2019, now]\n", `
  - when: {era: 2019}
    as: carla
    do: [{open: office}]
  - as: carla
    do: [sign in]
`, func(o *run.Options) { o.Workers = 2 })
	if len(done.Scenarios) != 2 || len(done.Scenarios[0].Steps) != 2 || len(done.Scenarios[1].Steps) != 1 {
		t.Fatalf("%d scenarios", len(done.Scenarios))
	}
	if year := done.Scenarios[0].Steps[0].LabTime.Year(); year != 2019 {
		t.Errorf("era 2019 runs in %d", year)
	}
}

func TestTheSameSeedRepeats(t *testing.T) {
	steps := `
  - name: A text
    as: carla
    do: [{ask to reset: {through: password reset}}, {verify by: email}]
`
	policy := "name: Again\ntenant: {password reset: {enabled: all, methods: [email]}}\n"
	var codes []string
	for range 2 {
		s := play(t, policy, steps, nil).Scenarios[0]
		if !s.Passed {
			t.Fatal(s.Steps[0].Error)
		}
		codes = append(codes, s.Steps[0].Mails[0].Text)
	}
	if codes[0] != codes[1] {
		t.Error("two runs of one seed sent two codes")
	}
}

func TestNoSecretIsInTheEvidence(t *testing.T) {
	redactor := new(report.Redactor)
	done := play(t, "name: Secrets\ntenant: {password reset: {enabled: all, methods: [email]}}\n", `
  - name: A reset
    as: carla
    do:
      - ask to reset: {through: password reset}
      - verify by: email
      - choose password: Lomid-Farek-118
      - see: {text: Your password has been reset.}
`, func(o *run.Options) { o.Redactor = redactor })
	if !done.Scenarios[0].Passed {
		t.Fatal(done.Scenarios[0].Steps[0].Error)
	}
	clear, err := json.Marshal(done)
	if err != nil {
		t.Fatal(err)
	}
	code := sixDigits(done.Scenarios[0].Steps[0].Mails[0].Text)
	written, err := json.Marshal(redactor.Run(done))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(clear), code) {
		t.Fatalf("the evidence never held the code: the test proves nothing")
	}
	for _, secret := range []string{code, "Lomid-Farek-118", "Mozak-Ribut-221"} {
		if strings.Contains(string(written), secret) {
			t.Errorf("%s is in the evidence", secret)
		}
	}
}

func sixDigits(text string) string {
	for _, word := range strings.Fields(text) {
		if len(word) == 6 && strings.Trim(word, "0123456789") == "" {
			return word
		}
	}
	return ""
}

func TestAFailedScenarioCanBeLookedAtBeforeItsLabStops(t *testing.T) {
	var looked bool
	play(t, "name: Look\n", "  - as: carla\n    do: [{press: Nothing}]\n", func(o *run.Options) {
		o.Failed = func(s *report.Scenario, l *lab.Lab) {
			res, err := l.HTTP().Get(l.Endpoints.Office + "/")
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			looked = true
		}
	})
	if !looked {
		t.Error("nobody was asked")
	}
}

func TestACancelledRunEnds(t *testing.T) {
	list, problems := script.Parse("test.yaml", []byte("name: Never\n"+people+"  - as: carla\n    do: [sign in]\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	driver := form.New(form.Config{RootCAs: authority.Pool()})
	defer driver.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run.Run(ctx, list, run.Options{Driver: driver, Authority: authority}); err == nil {
		t.Error("a cancelled run reports no error")
	}
}

// R-PWD-18: a scenario that says nothing of its domain's policy has the
// published example.
func TestADomainHasTheExamplesPolicy(t *testing.T) {
	list, problems := script.Parse("test.yaml", []byte("name: A domain\ndirectory: {}\nsteps: [{lab: synchronise}]\n"))
	for _, p := range problems {
		t.Fatal(p.Render())
	}
	authority, err := pki.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	h, err := run.Open(t.Context(), list[0], run.Options{Authority: authority, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	d, err := directory.Open(t.Context(), h.Lab.Directory())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	got, err := d.Policy(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got.MinLength != 7 || !got.Complexity || got.History != 24 || got.MinAge != 0 || got.MaxAge != 42*24*time.Hour {
		t.Errorf("policy %+v", got)
	}
}
