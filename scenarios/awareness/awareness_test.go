package awareness_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	catcher "github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/scenarios/awareness"
)

// open starts a mail catcher and returns where it takes mail and a reader.
func open(t *testing.T) (string, *mailbox.Mailbox) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := catcher.New(catcher.Config{})
	served := make(chan error, 1)
	go func() { served <- c.ServeSMTP(l) }()
	api := httptest.NewServer(c.Handler())
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) { // closed before it began
			t.Error(err)
		}
		api.Close()
	})
	return l.Addr().String(), mailbox.New(api.URL, nil)
}

var day = time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)

func plain(template string) awareness.Mail {
	return awareness.Mail{Template: template, To: "adele@alder.example.com", Organisation: "Alder Works", Date: day}
}

// receive sends m and returns it as its reader sees it.
func receive(t *testing.T, m awareness.Mail) mailbox.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	smtp, box := open(t)
	if err := awareness.Send(ctx, smtp, m); err != nil {
		t.Fatal(err)
	}
	got, err := box.Wait(ctx, mailbox.Query{To: m.To})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheThreeMailsOfARollout(t *testing.T) { // R-ROL-16
	for template, says := range map[string]string{
		"coming-soon": "nothing yet", "awareness": "Forgot my password", "reminder": "You have not registered yet",
	} {
		m := plain(template)
		m.Helpdesk = "desk@alder.example.com"
		got := receive(t, m)
		if got.From.Name != "IT service desk of Alder Works" || got.From.Address != awareness.Sender {
			t.Errorf("%s: from %v", template, got.From)
		}
		if len(got.Recipients) != 1 || got.Recipients[0] != m.To || len(got.To) != 1 || got.To[0].Address != m.To {
			t.Errorf("%s: to %v, delivered to %v", template, got.To, got.Recipients)
		}
		if !got.Date.Equal(day) || !strings.HasPrefix(got.Subject, "Alder Works: ") {
			t.Errorf("%s: %q of %s", template, got.Subject, got.Date)
		}
		for kind, body := range map[string]string{"text": got.Text, "HTML": got.HTML} {
			for _, want := range []string{says, "Alder Works", "desk@alder.example.com", "never ask for your password"} {
				if !strings.Contains(body, want) {
					t.Errorf("%s: the %s lacks %q:\n%s", template, kind, want, body)
				}
			}
			if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "{{") || strings.Contains(body, "<no value>") {
				t.Errorf("%s: the %s is not filled in:\n%s", template, kind, body)
			}
		}
		for _, want := range []string{`<html lang="en">`, "<title>" + got.Subject + "</title>", `href="mailto:desk@alder.example.com"`} {
			if !strings.Contains(got.HTML, want) {
				t.Errorf("%s: the HTML lacks %q", template, want)
			}
		}
		if n := strings.Count(got.HTML, "<h1"); n != 1 {
			t.Errorf("%s: %d first-level headings", template, n)
		}
	}
}

func TestUnlockIsPromisedOnlyWhereThePolicyAllowsIt(t *testing.T) { // R-ROL-17
	for _, template := range awareness.Templates() {
		for _, allowed := range []bool{false, true} {
			m := plain(template)
			m.UnlockToo = allowed
			got := receive(t, m)
			for kind, body := range map[string]string{"text": got.Text, "HTML": got.HTML} {
				body = strings.ToLower(body)
				promised := strings.Contains(body, "unlock") || strings.Contains(body, "locked")
				if promised != allowed {
					t.Errorf("%s: unlock without reset is allowed: %t, the %s promises it: %t", template, allowed, kind, promised)
				}
			}
		}
	}
}

func TestShortLinksAreLabels(t *testing.T) { // R-ROL-19
	labels := map[string][]string{"awareness": {"aka.ms/ssprsetup", "aka.ms/sspr"}, "reminder": {"aka.ms/ssprsetup", "aka.ms/mysecurityinfo"}}
	for template, list := range labels {
		bare := receive(t, plain(template))
		if strings.Contains(bare.HTML, "<a ") || strings.Contains(bare.Text, "://") {
			t.Errorf("%s leads somewhere though it was given no address", template)
		}
		m := plain(template)
		m.ResetURL = "https://passwordreset.ssprlab.localhost:8443/"
		m.RegisterURL = "https://mysignins.ssprlab.localhost:8443/security-info"
		m.ManageURL = m.RegisterURL
		linked := receive(t, m)
		for _, label := range list {
			if !strings.Contains(bare.HTML, "<strong>"+label+"</strong>") || !strings.Contains(bare.Text, label) {
				t.Errorf("%s lacks the label %s", template, label)
			}
			if !strings.Contains(linked.HTML, ">"+label+"</a>") || !strings.Contains(linked.Text, label+" (https://") {
				t.Errorf("%s: %s does not lead to the lab:\n%s", template, label, linked.Text)
			}
		}
		if strings.Contains(linked.HTML, `href="https://aka.ms`) || strings.Contains(linked.HTML, `href="http://aka.ms`) {
			t.Errorf("%s leads out of the lab", template)
		}
	}
}

func TestTheHelpDeskMayBeAPage(t *testing.T) { // R-POL-68, R-POL-69
	m := plain("reminder")
	m.Helpdesk = "https://help.alder.example.com/password"
	if got := receive(t, m); !strings.Contains(got.HTML, `href="https://help.alder.example.com/password"`) {
		t.Error(got.HTML)
	}
	m.Helpdesk = ""
	if got := receive(t, m); !strings.Contains(got.Text, "Contact your administrator") {
		t.Error(got.Text)
	}
}

func TestComingSoonNamesTheDay(t *testing.T) {
	m := plain("coming-soon")
	m.Starts = day.AddDate(0, 0, 14)
	if got := receive(t, m); !strings.Contains(got.Text, "From 18 March 2019 ") || !strings.Contains(got.HTML, "18 March 2019") {
		t.Error(got.Text)
	}
}

func TestTheOrganisationsNameIsText(t *testing.T) {
	m := plain("awareness")
	m.Organisation = "Ålder & \"Söhne\" <b>\r\nBcc: mallory@evil.test"
	got := receive(t, m)
	if got.From.Name != "IT service desk of "+m.Organisation || !strings.Contains(got.Subject, "Ålder & ") {
		t.Errorf("from %q, subject %q", got.From.Name, got.Subject)
	}
	if len(got.Recipients) != 1 || strings.Contains(got.HTML, "<b>") || !strings.Contains(got.HTML, "Ålder &amp; ") {
		t.Errorf("delivered to %v:\n%s", got.Recipients, got.HTML)
	}
}

func TestARunRepeats(t *testing.T) {
	a, b := receive(t, plain("awareness")), receive(t, plain("awareness"))
	if a.HTML != b.HTML || a.Text != b.Text || a.Subject != b.Subject {
		t.Error("the same mail differs from itself")
	}
}

func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	smtp, box := open(t)
	err := awareness.Send(t.Context(), smtp, awareness.Mail{Template: "awarness", To: "adele", ResetURL: "javascript:alert(1)", From: "x@example.com\r\nRCPT TO:<y@example.com>"})
	if err == nil {
		t.Fatal("sent")
	}
	for _, want := range []string{`no template "awarness"`, "coming-soon, awareness, reminder", "an organisation is needed", "a date is needed", `"adele" is not`, `"javascript:alert(1)"`, `RCPT TO`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if all, err := box.Messages(t.Context()); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	err = awareness.Send(t.Context(), l.Addr().String(), plain("reminder"))
	if err == nil || !strings.Contains(err.Error(), "send the reminder mail to adele@alder.example.com by "+l.Addr().String()) {
		t.Error(err)
	}
}

func TestAServerThatSaysNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := awareness.Send(ctx, l.Addr().String(), plain("awareness")); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
