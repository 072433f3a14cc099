package securityinfo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/proof"
	"github.com/ssprlab/ssprlab/fakes/page"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

// maxApps is how many apps and tokens one person may register (R-REG-39).
const maxApps = 5

// qrLifetime is how long a QR code can be used (R-GAP-52).
const qrLifetime = 10 * time.Minute

// appSetup registers an authenticator app: the organisation's own, with
// notifications and codes (R-REG-44), or another, with codes only (R-REG-46).
type appSetup struct{ site *Site }

func (appSetup) id() string           { return "app" }
func (appSetup) label() string        { return "Authenticator app" }
func (appSetup) audit() string        { return "Authenticator app" }
func (appSetup) method() entra.Method { return entra.AppCode }

func (appSetup) convention(t *task) string {
	if t.step < appScan {
		return ""
	}
	return "A QR code, and the key behind it, can be used for 10 minutes (R-GAP-52)."
}

// The steps of the set-up.
const (
	appStart = iota
	appAccount
	appScan
	appTest
)

func (a appSetup) show(x *session, u entra.User, problem string) []page.Part {
	t := x.task
	other := t.values["other"] != ""
	alert := func(parts ...page.Part) []page.Part {
		if problem == "" {
			return parts
		}
		return append([]page.Part{page.Text{Bad: true, Alert: true, Paragraphs: []string{problem}}}, parts...)
	}
	next := page.Form{Action: "/register", Buttons: []page.Button{{Label: "Next"}}}
	switch t.step {
	case appStart:
		return alert(page.Text{Heading: "Start by getting the app", Paragraphs: []string{"On your phone, install the authenticator app. After you installed it on your device, choose Next."}},
			page.Form{Action: "/register", Buttons: []page.Button{{Label: "Next"}, {Label: "I want to use a different authenticator app", Name: "other", Value: "yes", Quiet: true}}})
	case appAccount:
		what := "If prompted, allow notifications. Then add an account, and select work or school."
		if other {
			what = "In your app, add a new account."
		}
		return alert(page.Text{Heading: "Set up your account", Paragraphs: []string{what}}, next)
	case appScan:
		return alert(a.scan(x, u)...)
	}
	if other {
		return []page.Part{page.Text{Heading: "Enter code", Paragraphs: []string{"Enter the 6-digit code shown in the authenticator app."}},
			page.Form{Action: "/register", Controls: []page.Part{page.Input{Name: "code", Label: "Enter code", Mode: "numeric", Complete: "one-time-code", Error: problem}}, Buttons: []page.Button{{Label: "Next"}}}}
	}
	lead := []string{"Approve the notification we're sending to your app, then choose Next."}
	if t.challenge != nil && t.challenge.Number != "" {
		lead = []string{"Approve the notification we're sending to your app by entering the number shown below, then choose Next.", "Number: " + t.challenge.Number}
	}
	return alert(page.Text{Heading: "Let's try it out", Paragraphs: lead},
		page.Form{Action: "/register", Buttons: []page.Button{{Label: "Next"}, {Label: "Resend notification", Name: "resend", Value: "yes", Quiet: true}}})
}

// scan is the page of the QR code; who cannot scan types what is behind
// "Can't scan image?" (R-REG-45).
func (a appSetup) scan(x *session, u entra.User) []page.Part {
	t := x.task
	if t.enrolment == nil {
		t.enrolment = a.site.enrols.begin(u, t.values["other"] != "")
	}
	e := t.enrolment
	terms := []page.Term{{Term: "Code", Value: e.code, Secret: true}, {Term: "URL", Value: e.url}}
	lead := "Use the authenticator app to scan the QR code. This connects the app with your account. After you scan the QR code, choose Next."
	if e.other {
		terms = []page.Term{{Term: "Account name", Value: a.site.tenant.Organisation() + ":" + u.UPN}, {Term: "Secret key", Value: totp.EncodeKey(e.secret), Secret: true}}
	}
	return []page.Part{
		page.Text{Heading: "Scan the QR code", Paragraphs: []string{lead}},
		page.Picture{URL: "/register/qr.png?" + e.code, Alt: "QR code for the authenticator app", Width: 220, Height: 220, Secret: true},
		page.Disclosure{Summary: "Can't scan image?", Parts: []page.Part{page.Text{Paragraphs: []string{"Enter the following into your app instead:"}}, page.List{Items: terms}}},
		page.Form{Action: "/register", Buttons: []page.Button{{Label: "Next"}}},
	}
}

func (a appSetup) take(r *http.Request, x *session, u entra.User) (string, bool) {
	t := x.task
	switch t.step {
	case appStart:
		if len(u.Security.Apps) >= maxApps {
			return fiveApps, false
		}
		if r.PostForm.Get("other") != "" {
			t.values["other"] = "yes"
		}
		t.step++
	case appAccount:
		t.step++
	case appScan:
		return a.scanned(r, x, u), false
	case appTest:
		return a.tested(r, x, u)
	}
	return "", false
}

// scanned goes on once the app has the account: an app of the organisation
// tells so itself, of another one only its first code tells.
func (a appSetup) scanned(r *http.Request, x *session, u entra.User) string {
	t := x.task
	if t.enrolment == nil {
		return "Scan the QR code first."
	}
	device, ok := a.site.enrols.device(t.enrolment)
	if expired := a.site.tenant.Clock().Since(t.enrolment.made) >= qrLifetime; expired && !ok {
		t.enrolment = nil
		return "The QR code has expired. Here is a new one."
	}
	if t.enrolment.other {
		t.step = appTest
		return ""
	}
	if !ok {
		return "Your app has not scanned the QR code yet. Scan it, then choose Next."
	}
	t.values["device"] = device
	t.step = appTest
	return a.notify(r, x, u)
}

// notify sends the test notification.
func (a appSetup) notify(r *http.Request, x *session, u entra.User) string {
	candidate := u
	candidate.Security.Apps = []entra.App{{Device: x.task.values["device"]}}
	c, err := a.site.prover.Send(r.Context(), candidate, entra.ApproveNotification, "")
	if err != nil {
		a.site.tenant.Log().Warn("test notification not sent", "error", err)
		return "We couldn't send the notification. Choose Resend notification to try again."
	}
	x.task.challenge = c
	return ""
}

func (a appSetup) tested(r *http.Request, x *session, u entra.User) (string, bool) {
	t := x.task
	if t.enrolment.other {
		counter, ok := totp.Verify(t.enrolment.secret, strings.Join(strings.Fields(r.PostForm.Get("code")), ""), a.site.tenant.Now(), 1)
		if !ok {
			return "The code is not right. Check it and try again.", false
		}
		return a.stored(t.enrolment, "Authenticator app", counter)
	}
	if r.PostForm.Get("resend") != "" || t.challenge == nil {
		return a.notify(r, x, u), false
	}
	answer, err := a.site.prover.Check(r.Context(), u, t.challenge, "")
	switch {
	case err != nil:
		a.site.tenant.Log().Warn("test notification not checked", "error", err)
		return "We couldn't ask for your answer. Choose Resend notification to try again.", false
	case answer == proof.Waiting:
		return "You have not approved the notification yet.", false
	case answer != proof.Passed:
		return "The notification was not approved. Choose Resend notification to try again.", false
	}
	return a.stored(t.enrolment, "Authenticator", 0)
}

func (a appSetup) stored(e *enrolment, name string, counter int64) (string, bool) {
	if !a.site.enrols.store(e, name, counter) {
		return fiveApps, false
	}
	return "", true
}

// store registers the app of e. It reports false when the person has five.
func (es *enrolments) store(e *enrolment, name string, counter int64) bool {
	app := entra.App{ID: es.tenant.Chance().GUID(), Name: name, Device: e.device, Secret: e.secret, Added: es.tenant.Now(), Counter: counter}
	_, err := es.tenant.Update(e.upn, func(u *entra.User) error {
		if len(u.Security.Apps) >= maxApps {
			return fmt.Errorf("five apps already")
		}
		u.Security.Apps = append(u.Security.Apps, app)
		if u.Security.Default == "" {
			u.Security.Default = defaultFor(*u)
		}
		return nil
	})
	return err == nil
}

const fiveApps = "You have five authenticator apps already. Delete one before you add another."

// Enrol makes an enrolment beforehand, for the lab's control port, and returns
// what its QR code would hold.
func (s *Site) Enrol(u entra.User) (uri string) {
	e := s.enrols.begin(u, false)
	s.enrols.mu.Lock()
	e.direct = true
	s.enrols.mu.Unlock()
	return s.enrols.uri(e)
}

// enrolment is an app's account on its way from the page to the phone.
type enrolment struct {
	code   string // activation code, nine digits
	url    string // where the app activates
	other  bool
	secret []byte
	upn    string
	made   time.Time
	device string // once activated
	direct bool   // set up beforehand: registered as soon as it is activated
}

// enrolments keeps those that have not been activated.
type enrolments struct {
	tenant *entra.Tenant
	mu     sync.Mutex
	open   map[string]*enrolment
}

func newEnrolments(t *entra.Tenant) *enrolments {
	return &enrolments{tenant: t, open: map[string]*enrolment{}}
}

// secretBytes gives a key of 16 characters, as the product's other-app QR has.
const secretBytes = 10

func (es *enrolments) begin(u entra.User, other bool) *enrolment {
	e := &enrolment{code: es.tenant.Chance().Digits(9), other: other, secret: es.tenant.NewSecret(secretBytes), upn: u.UPN, made: es.tenant.Now(),
		url: es.tenant.Hosts().URL(entra.SecurityInfoHost, "/app/activate")}
	es.mu.Lock()
	defer es.mu.Unlock()
	if !other {
		es.open[e.code] = e
	}
	return e
}

func (es *enrolments) device(e *enrolment) (string, bool) {
	es.mu.Lock()
	defer es.mu.Unlock()
	return e.device, e.device != ""
}

// uri is what the QR code holds.
func (es *enrolments) uri(e *enrolment) string {
	if e.other {
		return totp.Key{Prefix: es.tenant.Organisation(), Account: e.upn, Issuer: "ssprlab", Secret: e.secret}.URI()
	}
	return "phonefactor://activate_account?" + url.Values{"code": {e.code}, "url": {e.url}}.Encode()
}

// activate is where the app fetches its secret with the activation code: the
// lab's own simplification of the product's call.
func (es *enrolments) activate(w http.ResponseWriter, r *http.Request) {
	var in struct{ ActivationCode, DeviceToken, DeviceName string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 16<<10)).Decode(&in); err != nil || in.DeviceToken == "" {
		refuse(w, http.StatusBadRequest, "badRequest", "expected JSON with activationCode, deviceToken and deviceName")
		return
	}
	es.mu.Lock()
	e := es.open[in.ActivationCode]
	valid := e != nil && es.tenant.Clock().Since(e.made) < qrLifetime
	if valid {
		e.device = in.DeviceToken
		delete(es.open, in.ActivationCode)
	}
	es.mu.Unlock()
	if valid && e.direct {
		es.store(e, "Authenticator", 0)
	}
	if !valid {
		refuse(w, http.StatusNotFound, "unknownCode", "the activation code is unknown, used or older than 10 minutes")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"secret": totp.EncodeKey(e.secret), "account": e.upn, "issuer": es.tenant.Organisation()})
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": code, "message": message}})
}

// qrSize is the side of the picture, in pixels.
const qrSize = 220

// qr draws the QR code of the enrolment that is shown.
func (s *Site) qr(w http.ResponseWriter, r *http.Request, x *session, _ entra.User) {
	if x.task == nil || x.task.enrolment == nil {
		http.Error(w, "nothing is being enrolled", http.StatusNotFound)
		return
	}
	picture, err := drawQR(s.enrols.uri(x.task.enrolment))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(picture)
}

func drawQR(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("encode QR code: %w", err)
	}
	code, err = barcode.Scale(code, qrSize, qrSize)
	if err != nil {
		return nil, fmt.Errorf("scale QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, code); err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	return b.Bytes(), nil
}
