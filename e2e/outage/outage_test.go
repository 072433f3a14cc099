// Package outage_test unplugs things in the middle: what a person sees when the
// domain controller dies during a reset, when the agent loses one of its two
// networks, when the mail catcher is gone while a notice is due. It needs a
// Docker engine; without one its tests are skipped, and fail where CI=true.
package outage_test

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/enginetest"
	"github.com/ssprlab/ssprlab/lab/part"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
	"github.com/ssprlab/ssprlab/scenarios"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// patience bounds a test in real time: whatever dies, nobody waits longer.
const patience = 3 * time.Minute

// stage is a house on Samba and a person in it who resets.
type stage struct {
	*testing.T
	ctx    context.Context
	house  *run.House
	tenant *setup.Client
	mail   *mailbox.Mailbox
	adele  run.Resident
	window web.Visitor
	page   *web.View
}

func open(t *testing.T) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	enginetest.Open(t)
	list, problems := script.ReadFS(scenarios.Files, "house.yaml")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	authority, err := pki.NewAuthority()
	check(t, err)
	h, err := run.Open(ctx, list[0], run.Options{Authority: authority, Seed: 1, Directory: lab.Samba})
	check(t, err)
	t.Cleanup(func() { check(t, h.Close()) })
	// The tenant waits half a minute for an agent that does not answer.
	driver := form.New(form.Config{RootCAs: authority.Pool(), Hosts: web.Hosts{"*." + lab.Domain: "127.0.0.1"}, Timeout: patience})
	t.Cleanup(func() { check(t, driver.Close()) })
	s := &stage{T: t, ctx: ctx, house: h, tenant: setup.NewClient(h.Lab.Endpoints.TenantControl, h.Lab.HTTP()), mail: mailbox.New(h.Lab.Endpoints.Mail, h.Lab.HTTP())}
	for _, r := range h.People {
		if strings.HasPrefix(r.UserName, "adele@") {
			s.adele = r
		}
	}
	s.window, err = driver.Visitor(ctx, "adele")
	check(t, err)
	return s
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// act does what is on the page in front.
func (s *stage) act(a web.Act) {
	s.Helper()
	var err error
	s.page, err = s.window.Act(s.ctx, a)
	check(s.T, err)
}

// sees holds the page in front against words that it must have.
func (s *stage) sees(words string) {
	s.Helper()
	if !strings.Contains(s.page.Heading+"\n"+s.page.Text, words) {
		s.Errorf("the page has no %q: %s\n%s", words, s.page.Heading, s.page.Text)
	}
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// verify takes Adele through the gate by mail, up to the new password.
func (s *stage) verify() {
	s.Helper()
	var err error
	s.page, err = s.window.Open(s.ctx, s.house.Lab.Endpoints.PasswordReset+"/")
	check(s.T, err)
	var answer string
	for _, image := range s.page.Images {
		if _, name, ok := strings.Cut(image.URL, "/captcha/"); ok {
			answer, err = s.tenant.CaptchaAnswer(s.ctx, strings.TrimSuffix(name, ".png"))
			check(s.T, err)
		}
	}
	s.act(web.Act{Fill: []web.Fill{{Label: "User ID", Value: s.adele.UserName}, {Label: "Enter the characters in the picture or the words in the audio", Value: answer}}, Press: "Next"})
	s.act(web.Act{Choose: []string{"I forgot my password"}, Press: "Next"})
	s.act(web.Act{Press: "Email my alternate email"})
	s.act(web.Act{Press: "Email"})
	mails, err := s.mail.To(s.ctx, s.adele.Alternate)
	check(s.T, err)
	if len(mails) == 0 {
		s.Fatal("no mail with a code has come")
	}
	s.act(web.Act{Fill: []web.Fill{{Label: "Enter your verification code", Value: sixDigits.FindString(mails[0].Text)}}, Press: "Next"})
}

const fresh = "Heron-00042-Otter"

// choose types the new password.
func (s *stage) choose() {
	s.Helper()
	s.act(web.Act{Fill: []web.Fill{{Label: "Enter new password", Value: fresh}, {Label: "Confirm new password", Value: fresh}}, Press: "Finish"})
}

// binds reports how the directory answers to a password.
func (s *stage) binds(password string) error {
	s.Helper()
	d, err := directory.Open(s.ctx, s.house.Lab.Directory())
	check(s.T, err)
	defer d.Close()
	return d.Authenticate(s.ctx, s.adele.UserName, password)
}

// TestTheDomainControllerDies kills it between the gate and the new password
// (R-RST-54).
func TestTheDomainControllerDies(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.verify()
	check(t, s.house.Lab.Kill(s.ctx, part.KindDirectory))
	s.choose()
	s.sees("cannot be reached right now")
	select {
	case err := <-s.house.Lab.Failed():
		if !strings.Contains(err.Error(), "the directory died") {
			t.Errorf("the lab says: %v", err)
		}
	case <-s.ctx.Done():
		t.Error("the lab does not say that its directory died")
	}
}

// TestTheAgentLosesANetwork pulls its cable to the corporate network or to the
// cloud without a warning, and plugs it in again (R-RST-54). Of the cloud the
// tenant believes the agent to be there, and the reset is given up in time.
func TestTheAgentLosesANetwork(t *testing.T) {
	t.Parallel()
	for _, n := range []lab.Network{lab.Corp, lab.Cloud} {
		t.Run(string(n), func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.verify()
			check(t, s.house.Lab.Unplug(s.ctx, n))
			s.choose()
			s.sees("cannot be reached right now")
			check(t, s.binds(s.adele.Password))
			check(t, s.house.Lab.Mend(s.ctx))
			s.verify()
			s.choose()
			s.sees("Your password has been reset.")
			check(t, s.binds(fresh))
		})
	}
}

// TestTheMailCatcherIsGone kills it while the notice of a reset is due: the
// reset is done all the same (R-NOT-01).
func TestTheMailCatcherIsGone(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.verify()
	check(t, s.house.Lab.Kill(s.ctx, part.KindMail))
	s.choose()
	s.sees("Your password has been reset.")
	check(t, s.binds(fresh))
}

// TestATakenPort says which, and what to do.
func TestATakenPort(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.house.Lab.Endpoints.Office, "https://"), ":")
	list, _ := script.ReadFS(scenarios.Files, "house.yaml")
	n, err := strconv.Atoi(port)
	check(t, err)
	_, err = run.Open(s.ctx, list[0], run.Options{Seed: 1, Directory: lab.Samba, Port: n})
	if err == nil || !strings.Contains(err.Error(), "port "+port+" of 127.0.0.1 is taken") {
		t.Errorf("error %v", err)
	}
}
