package access_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/browser"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/pki"
	"github.com/ssprlab/ssprlab/lab/web"
)

// stage is a lab with a browser of one width before it.
type stage struct {
	*testing.T
	lab    *lab.Lab
	tenant *setup.Client
	phones *hand.Hand
	mails  *mailbox.Mailbox
	chrome *browser.Browser
	axe    string
	width  int
	shots  string          // where pictures go; "": nowhere
	seen   map[string]int  // pictures by their names
	gaps   map[string]bool // conventions that a page told of
}

// newStage starts a lab and a browser.
func newStage(t *testing.T, width int, config lab.Config) *stage {
	t.Helper()
	authority, err := pki.NewAuthority()
	must(t, err)
	config.Authority = authority
	l, err := lab.Start(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { must(t, l.Stop()) })
	chrome, err := browser.Launch(t.Context(), browser.Config{KeyPins: []string{authority.KeyPin()}, Hosts: web.Hosts{"*." + lab.Domain: "127.0.0.1"}, Width: width})
	must(t, err)
	t.Cleanup(func() { must(t, chrome.Close()) })
	s := &stage{T: t, lab: l, chrome: chrome, axe: engine(t), width: width, seen: map[string]int{}, gaps: map[string]bool{}}
	s.tenant = setup.NewClient(l.Endpoints.TenantControl, l.HTTP())
	s.phones, s.mails = hand.New(l.Endpoints.Phone, l.HTTP()), mailbox.New(l.Endpoints.Mail, l.HTTP())
	if dir := os.Getenv("SSPRLAB_PICTURES"); dir != "" {
		s.shots = filepath.Join(dir, fmt.Sprint(width))
		must(t, os.MkdirAll(s.shots, 0o755))
	}
	return s
}

// engine reads the accessibility engine, which is no part of the project.
func engine(t *testing.T) string {
	t.Helper()
	const path = "../../../shared/tools/axe.min.js"
	source, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("the pages are not checked: the accessibility engine is not at %s", path)
	}
	return string(source)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// apply brings the tenant into a state.
func (s *stage) apply(state setup.State) { s.Helper(); must(s, s.tenant.Apply(s.Context(), state)) }

// control posts to the control port of a part.
func (s *stage) control(base, path string, body any) {
	s.Helper()
	b, err := json.Marshal(body)
	must(s, err)
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, base+path, bytes.NewReader(b))
	must(s, err)
	res, err := s.lab.HTTP().Do(req)
	must(s, err)
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		s.Fatalf("control %s: %s", path, res.Status)
	}
}

// directory opens the directory as its administrator.
func (s *stage) directory() *directory.Directory {
	s.Helper()
	d, err := directory.Open(s.Context(), s.lab.Directory())
	must(s, err)
	s.Cleanup(func() { must(s, d.Close()) })
	return d
}

// visitor is a person at a window of that browser.
type visitor struct {
	*stage
	window *browser.Visitor
	view   *web.View
}

func (s *stage) visitor(name string) *visitor {
	s.Helper()
	w, err := s.chrome.Visitor(s.Context(), name)
	must(s, err)
	s.Cleanup(func() { must(s, w.Close()) })
	return &visitor{stage: s, window: w.(*browser.Visitor)}
}

func (v *visitor) open(url string) *visitor {
	v.Helper()
	view, err := v.window.Open(v.Context(), url)
	if view == nil {
		v.Fatalf("open %s: %v", url, err)
	}
	v.view = view
	return v
}

// press presses a button or a link of that name, having filled the fields:
// label, value, label, value.
func (v *visitor) press(name string, fields ...string) *visitor {
	v.Helper()
	act := web.Act{Press: name}
	for i := 0; i+1 < len(fields); i += 2 {
		act.Fill = append(act.Fill, web.Fill{Label: fields[i], Value: fields[i+1]})
	}
	return v.act(act)
}

func (v *visitor) act(act web.Act) *visitor {
	v.Helper()
	view, err := v.window.Act(v.Context(), act)
	if err != nil {
		v.Fatalf("%v\nthe page is:\n%s", err, v.view.Text)
	}
	v.view = view
	return v
}

// on fails unless the page has that heading.
func (v *visitor) on(heading string) *visitor {
	v.Helper()
	if v.view.Heading != heading {
		v.Fatalf("expected the page %q, found %q at %s:\n%s", heading, v.view.Heading, v.view.URL, v.view.Text)
	}
	return v
}

var riddle = regexp.MustCompile(`/captcha/([^/.]+)\.png`)

// captcha is the answer to the riddle on the page.
func (v *visitor) captcha() string {
	v.Helper()
	for _, image := range v.view.Images {
		if m := riddle.FindStringSubmatch(image.URL); m != nil {
			answer, err := v.tenant.CaptchaAnswer(v.Context(), m[1])
			must(v, err)
			return answer
		}
	}
	v.Fatalf("the page %q has no CAPTCHA", v.view.Heading)
	return ""
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// wait bounds what a person waits for.
const wait = 10 * time.Second

// texted is the code in the latest text to a number.
func (s *stage) texted(number string) string {
	s.Helper()
	text, err := s.phones.LatestText(s.Context(), number, "", wait)
	must(s, err)
	return sixDigits.FindString(text.Text)
}

// mailed is the code in the latest mail to an address.
func (s *stage) mailed(address string) string {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), wait)
	defer cancel()
	mails, err := s.mails.To(ctx, address)
	must(s, err)
	for _, m := range mails {
		if code := sixDigits.FindString(m.Text); code != "" && strings.Contains(m.Subject, "verification code") {
			return code
		}
	}
	s.Fatalf("no code was mailed to %s", address)
	return ""
}
