package phone_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/phone"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

// page reads a page, or submits a form to it, and returns where it led to.
func (r *room) page(t *testing.T, path string, form url.Values) (int, string) {
	t.Helper()
	if form == nil {
		return request(t, "GET", r.url+path, "", "")
	}
	return request(t, "POST", r.url+path, "application/x-www-form-urlencoded", form.Encode())
}

func wantParts(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) && !strings.Contains(html.UnescapeString(body), part) {
			_, main, _ := strings.Cut(body, "<main")
			t.Errorf("page lacks %s:\n%s", part, main)
		}
	}
}

func TestThePageOfANumber(t *testing.T) {
	r := open(t, phone.Config{})
	const path = "/numbers/14255550123"
	_, body := r.page(t, path, nil)
	wantParts(t, body, "<h1>+1 425 555 0123</h1>", "No text has come in.", "Nobody has called.")
	r.text(t, adele, "code <314159>")
	c := r.call(t, adele)
	_, body = r.page(t, path, nil)
	wantParts(t, body, "code &lt;314159&gt;", "ringing", "Answer</button>", "Decline</button>")
	if strings.Contains(body, "pound key") {
		t.Error("what is said is heard before the call is answered")
	}
	_, body = r.page(t, path, url.Values{"do": {"answer"}, "call": {c.ID}})
	wantParts(t, body, "answered", "pound key", "Press #</button>")
	_, body = r.page(t, path, url.Values{"do": {"press"}, "call": {c.ID}})
	wantParts(t, body, "confirmed")
	status, body := r.page(t, path, url.Values{"do": {"decline"}, "call": {c.ID}})
	if status != http.StatusConflict {
		t.Errorf("declined what is over: %d", status)
	}
	wantParts(t, body, `role="alert"`, "is over")
	_, body = r.page(t, path, url.Values{"do": {"habit"}, "calls": {"decline"}})
	wantParts(t, body, `value="decline" selected`)
	if c := r.call(t, adele); c.State != hand.Declined {
		t.Errorf("the standing instruction: %s", c.State)
	}
	if status, _ := r.page(t, path, url.Values{"do": {"dance"}}); status != 400 {
		t.Errorf("unknown action: %d", status)
	}
	if status, _ := r.page(t, path, url.Values{"do": {strings.Repeat("x", 1<<20)}}); status != 413 {
		t.Errorf("an oversized form: %d", status)
	}
}

func TestThePageOfAnApp(t *testing.T) {
	r, account, device := activated(t)
	const path = "/apps/adele"
	code, err := r.hand.Code(t.Context(), "adele", account.ID)
	if err != nil {
		t.Fatal(err)
	}
	push, err := r.hand.SendPush(t.Context(), hand.PushRequest{Device: device, Title: "Approve sign-in?", Number: "42"})
	if err != nil {
		t.Fatal(err)
	}
	_, body := r.page(t, path, nil)
	wantParts(t, body, code.Code[:3]+" "+code.Code[3:], "adele@alder.example.com", "Approve sign-in?", "Number shown to you", `enctype="multipart/form-data"`)
	if strings.Contains(body, totp.EncodeKey(secret)) {
		t.Error("the page shows the key")
	}
	status, body := r.page(t, path, url.Values{"do": {"approve"}, "push": {push.ID}, "number": {"4x"}})
	if status != 400 {
		t.Errorf("letters in the number: %d", status)
	}
	wantParts(t, body, `role="alert"`)
	_, body = r.page(t, path, url.Values{"do": {"approve"}, "push": {push.ID}, "number": {" 42 "}})
	wantParts(t, body, "approved")
	denied, err := r.hand.SendPush(t.Context(), hand.PushRequest{Device: device, Title: "Again?"})
	if err != nil {
		t.Fatal(err)
	}
	_, body = r.page(t, path, url.Values{"do": {"deny"}, "push": {denied.ID}})
	wantParts(t, body, "denied")
	_, body = r.page(t, path, url.Values{"do": {"delete"}, "account": {account.ID}})
	wantParts(t, body, "No account is enrolled.")
}

func TestEnrolmentOnThePage(t *testing.T) {
	r := open(t, phone.Config{})
	const path = "/apps/adele"
	status, body := r.page(t, path, url.Values{"do": {"key"}, "key": {"gaytemzugu3doobz!"}, "account": {"a@example.com"}, "issuer": {"Alder"}})
	if status != 400 || strings.Contains(body, "gaytem") {
		t.Errorf("a bad key: %d, or it is shown again", status)
	}
	wantParts(t, body, `role="alert"`, `value="a@example.com"`, `value="Alder"`)
	_, body = r.page(t, path, url.Values{"do": {"key"}, "key": {"gaytemzugu3doobz"}, "account": {"typed@example.com"}})
	wantParts(t, body, "typed@example.com")
	_, body = r.page(t, path, url.Values{"do": {"key"}, "key": {otpauth()}})
	wantParts(t, body, "adele@alder.example.com")
	status, body = r.upload(t, path, asPNG(t, qrCode(t, strings.ReplaceAll(otpauth(), "adele", "scanned"))))
	if status != 200 {
		t.Errorf("upload: %d", status)
	}
	wantParts(t, body, "scanned@alder.example.com")
	if status, _ = r.upload(t, path, []byte("no picture")); status != 422 {
		t.Errorf("upload of rubbish: %d", status)
	}
	if status, _ = r.page(t, path, url.Values{"do": {"scan"}}); status != 400 {
		t.Errorf("no upload at all: %d", status)
	}
	if status, _ = r.upload(t, path, make([]byte, 8<<20)); status != 413 {
		t.Errorf("an oversized upload: %d", status)
	}
}

func (r *room) upload(t *testing.T, path string, picture []byte) (int, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.WriteField("do", "scan")
	part, err := w.CreateFormFile("picture", "qr.png")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(picture)
	w.Close()
	return request(t, "POST", r.url+path, w.FormDataContentType(), b.String())
}

func TestTheListOfPhones(t *testing.T) {
	r := open(t, phone.Config{})
	_, body := r.page(t, "/", nil)
	wantParts(t, body, "Nothing has come to any number.", "Nobody has enrolled an app.")
	r.page(t, "/numbers/14255550199", nil) // looking does not make a phone
	r.page(t, "/apps/nobody", nil)
	r.text(t, adele, "x")
	if _, err := r.hand.ScanURI(t.Context(), "Adele@Alder.example.com", otpauth()); err != nil {
		t.Fatal(err)
	}
	_, body = r.page(t, "/", nil)
	wantParts(t, body, `href="/numbers/14255550123"`, "+1 425 555 0123", `href="/apps/adele@alder.example.com"`)
	if strings.Contains(body, "0199") || strings.Contains(body, "nobody") {
		t.Error("phones appear by being looked at")
	}
	_, body = r.page(t, "/open?which=%2B1+425+555+0123", nil)
	wantParts(t, body, "<h1>+1 425 555 0123</h1>")
	_, body = r.page(t, "/open?which=Adele@Alder.example.com", nil)
	wantParts(t, body, "<h1>Authenticator app of adele@alder.example.com</h1>")
	status, body := r.page(t, "/open?which=12", nil)
	if status != 400 {
		t.Errorf("a malformed number: %d", status)
	}
	wantParts(t, body, `aria-invalid="true"`, `id="which-error"`)
	if status, _ := r.page(t, "/numbers/12", nil); status != 400 {
		t.Errorf("the page of a malformed number: %d", status)
	}
	if status, _ := r.page(t, "/apps/%20", nil); status != 400 {
		t.Errorf("the page of nobody: %d", status)
	}
}

// Another site's page in the same browser cannot press the buttons.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	r := open(t, phone.Config{})
	post, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/numbers/14255550123", strings.NewReader("do=habit&calls=confirm"))
	if err != nil {
		t.Fatal(err)
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	post.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := http.DefaultClient.Do(post)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", response.StatusCode)
	}
}
