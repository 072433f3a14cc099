package house_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/report"
	"github.com/ssprlab/ssprlab/scenarios/run"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// typed are the passwords of testdata/secrets.yaml, as its people type them.
func typed() []string {
	return []string{
		`Sycamore & "Co" <1>`, "Ölweide+Hainbuche%7", "Never-Was-Hers-1", "Never-Was-Hers-2",
		"Traubeneiche+Esche%8", "Feldahorn+Erle%9", "Vogelkirsche+Linde%10",
	}
}

// TestNoSecretInLogOrReport proves rule 8: nothing that was typed, texted or
// mailed in a whole journey stands in the lab's log at its most talkative, nor
// in any file of the report, nor in a line on the terminal.
func TestNoSecretInLogOrReport(t *testing.T) {
	list := written(t, "testdata/secrets.yaml")
	for name, c := range map[string]struct {
		driver    func(*testing.T, *pki.Authority) web.Driver
		scenarios []*script.Scenario
	}{
		"http":    {func(_ *testing.T, a *pki.Authority) web.Driver { return formDriver(a) }, list},
		"browser": {func(t *testing.T, a *pki.Authority) web.Driver { return launch(t, a) }, inEra(written(t, "testdata/secrets.yaml"), script.EraNow)},
	} {
		t.Run(name, func(t *testing.T) {
			authority := newAuthority(t)
			driver := c.driver(t, authority)
			defer driver.Close()
			var log, lines bytes.Buffer
			var secrets []string
			redactor := new(report.Redactor)
			done := rehearse(t, c.scenarios, run.Options{
				Driver: driver, Authority: authority, Seed: 7, Redactor: redactor,
				Log:    slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
				Done:   func(s *report.Scenario) { report.Line(&lines, redactor.Scenario(s)) },
				Failed: func(s *report.Scenario, l *lab.Lab) { secrets = append(secrets, told(t, l)...) },
			})
			failsAtLast(t, done)
			texts := reportTexts(t, done, redactor)
			texts["the log"], texts["the terminal"] = log.String(), lines.String()
			for _, secret := range append(secrets, typed()...) {
				for where, text := range texts {
					if line := mention(text, secret); line != "" {
						t.Errorf("%s tells the secret %s. Forbidden: secrets and codes never reach a log or report in clear (rule 8)\n%s", where, secret, line)
					}
				}
			}
		})
	}
}

// failsAtLast proves that the scenario went all the way to its last step.
func failsAtLast(t *testing.T, done *report.Run) {
	t.Helper()
	for _, s := range done.Scenarios {
		last := s.Steps[len(s.Steps)-1]
		if s.Error != "" || last.Skipped || !strings.Contains(last.Expected, "A page that is nowhere") {
			report.Line(t.Output(), s)
			t.Fatalf("%s did not fail where it should", s.Name)
		}
	}
}

// told lists the secrets that the lab told people: codes by text and mail, what
// an app shows and the key it was given, and the lab's own.
func told(t *testing.T, l *lab.Lab) []string {
	t.Helper()
	secrets := []string{l.Directory().Password, l.TesterSecret()}
	phones := hand.New(l.Endpoints.Phone, l.HTTP())
	texts, err := phones.Texts(t.Context(), "+14255550101")
	if err != nil || len(texts) < 2 {
		t.Errorf("the texts are %v, %v; want those of a registration and a reset", texts, err)
	}
	code := regexp.MustCompile(`\b[0-9]{6}\b`)
	for _, text := range texts {
		secrets = append(secrets, code.FindString(text.Text))
	}
	mails, err := mailbox.New(l.Endpoints.Mail, l.HTTP()).To(t.Context(), "adele@home.example.net")
	if err != nil || len(mails) < 2 {
		t.Errorf("%d mails, %v; want those of a registration and a reset", len(mails), err)
	}
	for _, m := range mails {
		if c := code.FindString(m.Text); c != "" {
			secrets = append(secrets, c)
		}
	}
	return append(secrets, appSecrets(t.Context(), t, l, phones)...)
}

// appSecrets are the key that the administrator's app was given and what the
// apps show.
func appSecrets(ctx context.Context, t *testing.T, l *lab.Lab, phones *hand.Hand) (secrets []string) {
	t.Helper()
	for _, owner := range []string{"admin", "adele"} {
		accounts, err := phones.Accounts(ctx, owner)
		if err != nil || len(accounts) != 1 {
			t.Fatalf("the app of %s has %v, %v", owner, accounts, err)
		}
		shown, err := phones.Code(ctx, owner, accounts[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, shown.Code)
		if owner == "admin" {
			key := l.Seed.Stream("run/app/admin").Bytes(totp.KeyBytes)
			if totp.Code(key, l.Clock.Now()) != shown.Code && totp.Code(key, l.Clock.Now().Add(-30*time.Second)) != shown.Code {
				t.Error("this test no longer knows where the app's key comes from")
			}
			secrets = append(secrets, totp.EncodeKey(key))
		}
	}
	return secrets
}

// reportTexts writes the report and returns the text of its files, without the
// pictures.
func reportTexts(t *testing.T, done *report.Run, r *report.Redactor) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := report.Write(dir, done, r); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, name := range []string{"index.html", "results.json", "junit.xml"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts["the report's "+name] = withoutPictures(string(text))
	}
	return texts
}

// withoutPictures cuts the contents of data URIs out of a page.
func withoutPictures(page string) string {
	const mark, alphabet = ";base64,", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
	parts := strings.Split(page, mark)
	for i, part := range parts[1:] {
		parts[i+1] = strings.TrimLeft(part, alphabet)
	}
	return strings.Join(parts, mark)
}

// mention returns the line in which a text tells a secret, in clear or in a
// form that anyone can read; "" for none. Digits count where they are a whole
// number.
func mention(text, secret string) string {
	quoted, _ := json.Marshal(secret)
	forms := []string{
		secret, html.EscapeString(secret), url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`), strings.Trim(fmt.Sprintf("%q", secret), `"`),
		base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
	}
	for _, form := range forms {
		for from := 0; ; {
			at := strings.Index(text[from:], form)
			if at < 0 {
				break
			}
			if from += at; !number.MatchString(form) || alone(text, from, from+len(form)) {
				return text[max(0, from-120):min(len(text), from+len(form)+120)]
			}
			from += len(form)
		}
	}
	return ""
}

var number = regexp.MustCompile(`^[0-9]+$`)

// alone reports whether the number at [from, to) is part of no longer word and
// no fraction.
func alone(text string, from, to int) bool {
	word := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
	return (from == 0 || !word(text[from-1]) && text[from-1] != '.') && (to == len(text) || !word(text[to]))
}

func TestMentionsAreSeen(t *testing.T) {
	for text, want := range map[string]bool{
		"the code is 123456.": true, "123456": true, "id 91234567": false, "12:00:00.123456": false, "code=123456&x": true, "1234567": false,
	} {
		if (mention(text, "123456") != "") != want {
			t.Errorf("a code in %q: want %v", text, want)
		}
	}
	const secret = `a&b <c>"`
	for _, text := range []string{`"a\u0026b \u003cc\u003e\""`, "a&amp;b &lt;c&gt;&#34;", "a%26b+%3Cc%3E%22", "x YSZiIDxjPiI= y"} {
		if mention(text, secret) == "" {
			t.Errorf("the secret in %s is not seen", text)
		}
	}
}
