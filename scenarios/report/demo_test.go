package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// demo is for looking at a report: go test ./scenarios/report -run TestDemo -demo DIR.
var demo = flag.String("demo", "", "write a demonstration report into this folder")

func TestDemo(t *testing.T) {
	if *demo == "" {
		t.Skip("no folder given with -demo")
	}
	run, redactor := demoRun(t)
	if err := Write(*demo, run, redactor); err != nil {
		t.Fatal(err)
	}
	for _, s := range run.Scenarios {
		if err := Line(os.Stdout, redactor.Scenario(s)); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	demoPassword = "Quiet-Meadow-71&<"
	demoCode     = "482913"
	demoKey      = "JBSWY3DPEHPK3PXP"
)

// demoRun is a run in which one scenario failed, with every kind of evidence,
// and the redactor that knows its secrets.
func demoRun(t testing.TB) (*Run, *Redactor) {
	t.Helper()
	r := &Redactor{}
	r.Add("password", demoPassword)
	r.Add("code", demoCode)
	r.Add("key", demoKey)
	started := time.Date(2025, 3, 4, 8, 59, 12, 0, time.UTC)
	lab := time.Date(2019, 3, 4, 9, 12, 33, 0, time.UTC)
	run := &Run{
		Seed: 20190304, Started: started, Duration: 94*time.Second + 300*time.Millisecond,
		Command: "ssprlab run --driver browser --workers 4 --report report --seed 20190304",
		Machine: Machine{OS: "linux", Arch: "amd64", CPU: "Example CPU 3.0 GHz", Cores: 2, Go: "go1.26", Browser: "HeadlessChrome/140.0"},
		Notes:   []string{"Samba was not asked for: no container runtime was found."},
	}
	run.Scenarios = []*Scenario{
		demoPassed(t, lab),
		demoFailed(t, lab),
		demoForms(lab),
		{
			Name: "The agent is stopped before the new password is submitted", File: "scenarios/writeback/agent-stopped.yaml",
			Directory: "embedded", Driver: "browser", Era: "now", Passed: false, Duration: 1200 * time.Millisecond,
			Error: "start the Connect agent: listen on 127.0.0.1: address already in use", Rules: []string{"R-RST-54"},
			Steps: []*Step{{Name: "signs in to the portal", Actor: "Ada", Skipped: true, Line: 21}},
		},
		{
			Name: "A user without a licence is told to contact the administrator", File: "scenarios/eligibility/unlicensed.yaml",
			Directory: "openldap", Driver: "http", Era: "now", Passed: true, Duration: 180 * time.Millisecond,
			StandsIn: "OpenLDAP stands in for Active Directory", Rules: []string{"R-ELG-06", "R-ELG-17"},
			Steps: []*Step{{Name: "opens the reset portal", Actor: "Nora", Passed: true, Duration: 80 * time.Millisecond}},
		},
	}
	return run, r
}

func picture1(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func demoPassed(t testing.TB, lab time.Time) *Scenario {
	t.Helper()
	who := Page{URL: "https://passwordreset.lab.test/", Title: "Password reset", Heading: "Who are you?", PNG: picture1(t, "who.png")}
	contact := Page{URL: "https://passwordreset.lab.test/verify", Title: "Password reset", Heading: "Get back into your account", PNG: picture1(t, "contact.png")}
	done := Page{URL: "https://passwordreset.lab.test/done", Title: "Password reset", Heading: "Your password has been reset", PNG: picture1(t, "done.png")}
	return &Scenario{
		Name: "A pilot user resets a forgotten password", About: "The way from the sign-in page to the changed password in the directory, with one method.",
		File: "scenarios/reset/one-method.yaml", Line: 3, Directory: "embedded", Driver: "browser", Era: "2019", Seed: 77,
		Passed: true, Duration: 3400 * time.Millisecond, Rules: []string{"R-RST-11", "R-RST-24", "R-RST-55", "R-NOT-01", "T-11"},
		Steps: []*Step{
			{Name: "opens the reset portal and proves to be a person", Actor: "Nora", Line: 31, Passed: true, Duration: 900 * time.Millisecond, LabTime: lab, Pages: []Page{who, contact}, Rules: []string{"R-RST-11"}},
			{Name: "has the code texted to the mobile phone", Actor: "Nora", Line: 35, Passed: true, Duration: 600 * time.Millisecond, LabTime: lab.Add(time.Minute), Pages: []Page{contact},
				Texts: []Text{{Number: "+1 425 555 0142", Kind: "text", Body: "Use verification code " + demoCode + " for Fabrik Lindqvist."}, {Number: "+1 425 555 0142", Kind: "call", Body: "Your code is 4 8 2 9 1 3."}}},
			{Name: "chooses a new password", Actor: "Nora", Line: 40, Passed: true, Duration: 1900 * time.Millisecond, LabTime: lab.Add(2 * time.Minute), Pages: []Page{done},
				Directory: []Change{
					{Object: "CN=Nora Berg,OU=People,DC=corp,DC=example,DC=com", Attribute: "pwdLastSet", Old: "2019-01-07 08:00:00", New: "2019-03-04 09:14:33"},
					{Object: "CN=Nora Berg,OU=People,DC=corp,DC=example,DC=com", Attribute: "lockoutTime", Old: "", New: "0"},
				},
				Tenant: []Change{{Object: "nora@example.com", Attribute: "signInSessionsValidFromDateTime", Old: "2019-01-07T08:00:00Z", New: "2019-03-04T09:14:33Z"}},
				Audit: []AuditEntry{
					{At: lab.Add(2 * time.Minute), Activity: "Reset password (self-service)", Status: "Success", Reason: "Successfully completed reset.", Actor: "nora@example.com", Target: "nora@example.com", Service: "Self-service Password Management"},
					{At: lab.Add(2 * time.Minute), Activity: "Self-service password reset flow activity progress", Status: "Success", Reason: "User successfully reset password", Actor: "nora@example.com", Target: "nora@example.com", Service: "Self-service Password Management"},
				},
				Agent: []AgentEvent{{31001, "PasswordResetStart", "TrackingId: 6d1b9a52-0d0e-4f3a-9df1-2b8a4829130f"}, {31002, "PasswordResetSuccess", "unblockUser: True"}},
				Mails: []Mail{{From: "Microsoft on behalf of Fabrik Lindqvist <no-reply@lab.test>", To: "nora@example.com", Subject: "Your password has been reset", At: lab.Add(2 * time.Minute),
					Text: "Hello Nora,\n\nthe password of nora@example.com was reset.\n", HTML: "<!doctype html><html><body style='font-family:sans-serif;margin:0'><div style='background:#14293d;color:#fff;padding:16px 24px'>Fabrik Lindqvist</div><div style='padding:24px'><h1 style='font-size:20px'>Your password has been reset</h1><p>Hello Nora, the password of nora@example.com was reset a moment ago.</p><p>If this was not you, <a href='https://help.example.com/'>contact the help desk</a>.</p><img src='https://tracker.example.com/pixel.png' alt=''></div></body></html>"}}},
		},
		Log: []string{"level=INFO msg=\"password set\" account=\"CN=Nora Berg\"", "level=DEBUG msg=\"form posted\" body=\"newpassword=Quiet-Meadow-71%26%3C\""},
	}
}

func demoFailed(t testing.TB, lab time.Time) *Scenario {
	t.Helper()
	contact := Page{URL: "https://passwordreset.lab.test/verify", Title: "Password reset", Heading: "Get back into your account", PNG: picture1(t, "contact.png"), Note: "Nora's private window"}
	return &Scenario{
		Name: "A code is refused after five minutes", About: "Codes live five minutes on the lab's clock.",
		File: "scenarios/reset/late code's.yaml", Line: 1, Directory: "samba", Driver: "browser", Era: "now",
		Passed: false, Duration: 2300 * time.Millisecond, Rules: []string{"R-RST-28", "R-RST-999"}, // catalogue:ignore
		Steps: []*Step{
			{Name: "asks for a code by text", Actor: "Nora", Line: 18, Passed: true, Duration: 700 * time.Millisecond, LabTime: lab, Pages: []Page{contact}},
			{Name: "six minutes pass", Line: 22, Passed: true, Duration: 3 * time.Millisecond, LabTime: lab.Add(6 * time.Minute)},
			{Name: "types the code", Actor: "Nora", Line: 24, Duration: 1500 * time.Millisecond, LabTime: lab.Add(6 * time.Minute), Pages: []Page{contact},
				Error: "the page went on although the code " + demoCode + " had expired", Expected: "an error that says the code has expired", Found: "heading \"Choose a new password\"", Rules: []string{"R-RST-28"}},
			{Name: "sees that nothing was changed", Actor: "Nora", Line: 30, Skipped: true},
		},
		Unhandled: []string{"GET https://passwordreset.lab.test/help?lang=en → 501"},
		Log:       []string{"level=WARN msg=\"unknown request\" method=GET path=/help"},
	}
}

func demoForms(lab time.Time) *Scenario {
	return &Scenario{
		Name: "A user registers the authenticator with a key", File: "scenarios/registration/app-by-key.yaml", Directory: "embedded", Driver: "http", Era: "now",
		Passed: true, Duration: 90 * time.Millisecond, Rules: []string{"R-REG-45", "R-REG-46"},
		Steps: []*Step{{Name: "asks for the key instead of the picture", Actor: "Jonas", Passed: true, Duration: 40 * time.Millisecond, LabTime: lab,
			Pages: []Page{{URL: "https://mysignins.lab.test/app", Title: "Security info", Heading: "Can't scan the picture?", HTML: "<!doctype html><title>Security info</title><style>body{font:16px sans-serif;margin:2rem}</style><h1>Can't scan the picture?</h1><p>Enter this key: <b>jbsw y3dp ehpk 3pxp</b></p><script>document.body.textContent='script ran'</script>"}}}},
	}
}
