package phone_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/phone"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/lab/clock"
)

const (
	adele   = "+1 425 555 0123"
	brandon = "+1 425 555 0124"
	long    = 20 * time.Second // for waits that must succeed
	short   = 10 * time.Millisecond
)

var start = time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)

// room is an exchange that runs for one test.
type room struct {
	exchange *phone.Exchange
	clock    *clock.Clock
	hand     *hand.Hand
	control  hand.Control
	url      string
	controls string
}

func open(t *testing.T, config phone.Config) *room {
	t.Helper()
	if config.Clock == nil {
		config.Clock = clock.New(start)
	}
	e := phone.New(config)
	api, control := httptest.NewServer(e.Handler()), httptest.NewServer(e.Control())
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		api.Close()
		control.Close()
	})
	return &room{e, config.Clock, hand.New(api.URL+"/", nil), hand.NewControl(control.URL, control.Client()), api.URL, control.URL}
}

func (r *room) text(t *testing.T, to, text string) hand.Receipt {
	t.Helper()
	receipt, err := r.hand.SendText(t.Context(), hand.TextRequest{To: to, From: "ssprlab", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func (r *room) call(t *testing.T, to string) hand.CallReceipt {
	t.Helper()
	receipt, err := r.hand.PlaceCall(t.Context(), hand.CallRequest{To: to, From: "ssprlab", Speech: "Press the pound key."})
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// request sends a raw request and returns status and body.
func request(t *testing.T, method, url, contentType, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

// wantError checks the status and the word of an error.
func wantError(t *testing.T, err error, status int, code string) {
	t.Helper()
	var e *hand.Error
	if !errors.As(err, &e) || e.Status != status || e.Code != code {
		t.Errorf("error %v, want %d %s", err, status, code)
	}
}

func TestTextsComeNewestFirst(t *testing.T) {
	r := open(t, phone.Config{})
	r.text(t, adele, "one")
	r.clock.Advance(time.Minute)
	second := r.text(t, "(1) 425-555.0123", "two") // R-GAP-42: digits only
	texts, err := r.hand.Texts(t.Context(), "14255550123")
	if err != nil || len(texts) != 2 || texts[0].Text != "two" || texts[1].Text != "one" || texts[0].ID != second.ID || second.State != hand.Delivered {
		t.Fatalf("%+v, %v", texts, err)
	}
	if d := texts[0].At.Sub(texts[1].At).Round(time.Minute); d != time.Minute || texts[0].From != "ssprlab" {
		t.Errorf("texts %+v", texts)
	}
	if texts, err := r.hand.Texts(t.Context(), brandon); err != nil || texts == nil || len(texts) != 0 {
		t.Errorf("another number: %+v, %v", texts, err)
	}
}

func TestWaitingForAText(t *testing.T) {
	r := open(t, phone.Config{})
	old := r.text(t, adele, "old")
	if latest, err := r.hand.LatestText(t.Context(), adele, "", 0); err != nil || latest.ID != old.ID {
		t.Errorf("without waiting: %+v, %v", latest, err)
	}
	type answer struct {
		text hand.Text
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := r.hand.LatestText(t.Context(), adele, old.ID, long)
		got <- answer{text, err}
	}()
	r.text(t, brandon, "not hers")
	r.text(t, adele, "new")
	if a := <-got; a.err != nil || a.text.Text != "new" {
		t.Errorf("%+v", a)
	}
	_, err := r.hand.LatestText(t.Context(), brandon, "text-none", long)
	wantError(t, err, 404, "unknown")
	_, err = r.hand.LatestText(t.Context(), "+1 425 555 0199", "", 0)
	wantError(t, err, 404, "unknown")
	_, err = r.hand.LatestText(t.Context(), "+1 425 555 0199", "", short)
	wantError(t, err, 408, "timeout")
	if !strings.Contains(err.Error(), "text for +1 425 555 0199") {
		t.Errorf("error %v does not name what was waited for", err)
	}
}

func TestNumbers(t *testing.T) {
	r := open(t, phone.Config{})
	for _, test := range []struct {
		number string
		status int
		code   string
	}{
		{"+1 425 555 0123", 0, ""}, {"1.425.555.0199", 0, ""}, {"+44 7700 900123", 0, ""},
		{"+1 4255550123 x12345", 400, "malformedNumber"}, // R-POL-50: the caller strips extensions
		{"hello", 400, "malformedNumber"}, {"", 400, "malformedNumber"}, {"555 0123", 400, "malformedNumber"},
		{"1+4255550123", 400, "malformedNumber"}, {"+1234567890123456", 400, "malformedNumber"},
		{"+1 425 555 1234", 404, "notInService"}, {"+49 30 1234567", 404, "notInService"},
	} {
		_, err := r.hand.SendText(t.Context(), hand.TextRequest{To: test.number, Text: "x"})
		if test.status == 0 {
			if err != nil {
				t.Errorf("%s: %v", test.number, err)
			}
			continue
		}
		wantError(t, err, test.status, test.code)
		_, err = r.hand.PlaceCall(t.Context(), hand.CallRequest{To: test.number})
		wantError(t, err, test.status, test.code)
	}
	wider := open(t, phone.Config{InService: func(digits string) bool { return digits == "49301234567" }})
	wider.text(t, "+49 30 1234567", "x")
}

func TestACallIsConfirmedByThePoundKey(t *testing.T) { // R-RST-34
	r := open(t, phone.Config{})
	placed := r.call(t, adele)
	ringing, err := r.hand.LatestCall(t.Context(), adele, "", long)
	if err != nil || ringing.ID != placed.ID || ringing.State != hand.Ringing || ringing.Speech != "" {
		t.Fatalf("ringing: %+v, %v", ringing, err)
	}
	state := make(chan hand.CallState, 1)
	go func() {
		s, err := r.hand.CallState(t.Context(), placed.ID, long)
		if err != nil {
			t.Error(err)
		}
		state <- s
	}()
	answered, err := r.hand.Answer(t.Context(), adele, placed.ID, "")
	if err != nil || answered.State != hand.Answered || answered.Speech == "" || answered.Over {
		t.Errorf("answered: %+v, %v", answered, err)
	}
	if c, err := r.hand.Answer(t.Context(), adele, placed.ID, "1"); err != nil || c.State != hand.Answered {
		t.Errorf("another key: %+v, %v", c, err)
	}
	if c, err := r.hand.Answer(t.Context(), adele, placed.ID, "#"); err != nil || c.State != hand.Confirmed || !c.Over {
		t.Errorf("the pound key: %+v, %v", c, err)
	}
	if s := <-state; s != hand.Confirmed {
		t.Errorf("the carrier sees %s", s)
	}
	_, err = r.hand.Decline(t.Context(), adele, placed.ID)
	wantError(t, err, 409, "callOver")
	_, err = r.hand.Answer(t.Context(), adele, placed.ID, "#")
	wantError(t, err, 409, "callOver")
}

func TestACallEndsByItselfOnTheLabsClock(t *testing.T) {
	r := open(t, phone.Config{})
	ignored, taken := r.call(t, adele), r.call(t, brandon)
	if _, err := r.hand.Answer(t.Context(), brandon, taken.ID, ""); err != nil {
		t.Fatal(err)
	}
	if s, err := r.hand.CallState(t.Context(), ignored.ID, short); err != nil || s != hand.Ringing {
		t.Errorf("before: %s, %v", s, err)
	}
	r.clock.Advance(6 * time.Minute)
	if s, err := r.hand.CallState(t.Context(), ignored.ID, long); err != nil || s != hand.Unanswered {
		t.Errorf("ignored: %s, %v", s, err)
	}
	if s, err := r.hand.CallState(t.Context(), taken.ID, long); err != nil || s != hand.Answered {
		t.Errorf("answered without a key: %s, %v", s, err)
	}
	_, err := r.hand.Answer(t.Context(), brandon, taken.ID, "#")
	wantError(t, err, 409, "callOver")
}

func TestStandingInstructions(t *testing.T) {
	r := open(t, phone.Config{})
	for _, test := range []struct {
		habit hand.CallHabit
		want  hand.CallState
	}{{hand.Confirm, hand.Confirmed}, {hand.Decline, hand.Declined}, {hand.Ring, hand.Ringing}} {
		if err := r.hand.SetHabit(t.Context(), adele, test.habit); err != nil {
			t.Fatal(err)
		}
		if c := r.call(t, adele); c.State != test.want {
			t.Errorf("%s: %s", test.habit, c.State)
		}
	}
	declined, err := r.hand.LatestCall(t.Context(), adele, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := r.hand.Decline(t.Context(), adele, declined.ID); err != nil || c.State != hand.Declined {
		t.Errorf("declined by hand: %+v, %v", c, err)
	}
	wantError(t, r.hand.SetHabit(t.Context(), adele, "sing"), 400, "badRequest")
	if calls, err := r.hand.Calls(t.Context(), adele); err != nil || len(calls) != 3 || calls[0].ID != declined.ID {
		t.Errorf("calls %+v, %v", calls, err)
	}
}

func TestASwitchedOffPhone(t *testing.T) {
	r := open(t, phone.Config{})
	ctx := t.Context()
	if err := r.control.Off(ctx, hand.SwitchRequest{Number: adele}); err != nil {
		t.Fatal(err)
	}
	if got := r.text(t, adele, "later"); got.State != hand.Queued {
		t.Errorf("queued: %+v", got)
	}
	if c := r.call(t, adele); c.State != hand.Unanswered {
		t.Errorf("call to a phone that is off: %s", c.State)
	}
	if texts, _ := r.hand.Texts(ctx, adele); len(texts) != 0 {
		t.Errorf("it got %+v", texts)
	}
	got := make(chan string, 1)
	go func() {
		text, err := r.hand.LatestText(ctx, adele, "", long)
		if err != nil {
			t.Error(err)
		}
		got <- text.Text
	}()
	if err := r.control.On(ctx, hand.SwitchRequest{Number: adele}); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "later" {
		t.Errorf("after switching on: %q", text)
	}
	if err := r.control.Off(ctx, hand.SwitchRequest{Number: adele, Mode: hand.Fail}); err != nil {
		t.Fatal(err)
	}
	_, err := r.hand.SendText(ctx, hand.TextRequest{To: adele, Text: "x"})
	wantError(t, err, 409, "unreachable")
	for _, bad := range []hand.SwitchRequest{{}, {Number: adele, Owner: "adele"}, {Number: "x"}, {Number: adele, Mode: "explode"}} {
		if err := r.control.Off(ctx, bad); err == nil {
			t.Errorf("off %+v: no error", bad)
		}
	}
}

func TestResetEmptiesEverything(t *testing.T) {
	r := open(t, phone.Config{})
	ctx := t.Context()
	r.text(t, adele, "x")
	c := r.call(t, adele)
	if err := r.hand.SetHabit(ctx, adele, hand.Confirm); err != nil {
		t.Fatal(err)
	}
	if _, err := r.hand.EnterKey(ctx, "adele", "gaytemzugu3doobz", "adele@example.com", "Alder"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, err := r.hand.CallState(ctx, c.ID, long); ended <- err }()
	if err := r.control.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	<-ended // the call is over, or was unknown already
	texts, _ := r.hand.Texts(ctx, adele)
	accounts, _ := r.hand.Accounts(ctx, "adele")
	if len(texts) != 0 || len(accounts) != 0 {
		t.Errorf("%+v, %+v", texts, accounts)
	}
	if c := r.call(t, adele); c.State != hand.Ringing {
		t.Errorf("the standing instruction survived: %s", c.State)
	}
}

func TestBadRequests(t *testing.T) {
	r := open(t, phone.Config{})
	const number = "/numbers/14255550123"
	for _, test := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/carrier/texts", `{"to":"+1 425 555 0123"}`, 400, "badRequest"},
		{"POST", "/carrier/texts", `{"to":"+1 425 555 0123","text":"x","extra":1}`, 400, "badRequest"},
		{"POST", "/carrier/texts", `{"to":"+1 425 555 0123","text":"x"} {}`, 400, "badRequest"},
		{"POST", "/carrier/texts", `nonsense`, 400, "badRequest"},
		{"POST", "/carrier/texts", `{"text":"` + strings.Repeat("x", 2000) + `","to":"+1 425 555 0123"}`, 400, "badRequest"},
		{"POST", "/carrier/texts", `{"text":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "tooLarge"},
		{"POST", "/carrier/calls", `{"to":"+1 425 555 0123","speech":"` + strings.Repeat("x", 2000) + `"}`, 400, "badRequest"},
		{"POST", "/carrier/pushes", `{"device":"none","title":"x"}`, 404, "unknown"},
		{"POST", "/carrier/pushes", `{"device":"","title":"x"}`, 404, "unknown"},
		{"POST", "/carrier/pushes", `{"device":"none","title":"x","number":"ab"}`, 400, "badRequest"},
		{"GET", "/carrier/calls/none", ``, 404, "unknown"},
		{"GET", "/carrier/pushes/none?wait=5s", ``, 404, "unknown"},
		{"GET", number + "/texts/latest?wait=forever", ``, 400, "badRequest"},
		{"GET", number + "/texts/latest?wait=24h", ``, 400, "badRequest"},
		{"GET", "/numbers/x/calls", ``, 400, "malformedNumber"},
		{"GET", "/numbers/x/calls/latest", ``, 400, "malformedNumber"},
		{"POST", number + "/calls/none/answer", ``, 404, "unknown"},
		{"POST", number + "/calls/none/answer", `{"press":"##"}`, 400, "badRequest"},
		{"POST", number + "/calls/none/decline", ``, 404, "unknown"},
		{"POST", "/numbers/x/calls/none/decline", ``, 400, "malformedNumber"},
		{"GET", "/apps/%20/accounts", ``, 400, "badRequest"},
		{"GET", "/apps/" + strings.Repeat("a", 200) + "/pushes", ``, 400, "badRequest"},
		{"GET", "/apps/adele/accounts/none/code", ``, 404, "unknown"},
		{"DELETE", "/apps/adele/accounts/none", ``, 404, "unknown"},
		{"POST", "/apps/adele/pushes/none/approve", `{"number":7}`, 404, "unknown"},
		{"POST", "/apps/adele/pushes/none/approve", `{"number":-7}`, 400, "badRequest"},
		{"GET", "/apps/adele/pushes?wait=5ms", ``, 408, "timeout"},
		{"GET", "/apps/adele/pushes/pending", ``, 404, "unknown"},
		{"PUT", "/carrier/texts", ``, 501, "notModelled"},
		{"GET", "/nowhere", ``, 501, "notModelled"},
	} {
		status, body := request(t, test.method, r.url+test.path, "application/json", test.body)
		if status != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) {
			t.Errorf("%s %s %.60s: %d %s, want %d %s", test.method, test.path, test.body, status, body, test.status, test.code)
		}
	}
	if status, _ := request(t, "POST", r.controls+"/explode", "", ""); status != 501 {
		t.Errorf("unknown control: %d", status)
	}
	if status, _ := request(t, "POST", r.url+"/off", "application/json", `{"owner":"adele"}`); status != 501 {
		t.Errorf("the control answers beside the API: %d", status)
	}
}

// No text, code, key or device token reaches a log: DESIGN rule 8.
func TestNoSecretReachesALog(t *testing.T) {
	var out bytes.Buffer
	r := open(t, phone.Config{Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	r.text(t, adele, "your code is 314159")
	a, err := r.hand.EnterKey(t.Context(), "adele", "gaytemzugu3doobz", "adele@example.com", "Alder")
	if err != nil {
		t.Fatal(err)
	}
	code, err := r.hand.Code(t.Context(), "adele", a.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.hand.EnterKey(t.Context(), "adele", "gaytemzugu3doobz!", "adele@example.com", "Alder")
	if err == nil || strings.Contains(err.Error(), "gaytem") {
		t.Errorf("error %v", err)
	}
	_, err = r.hand.ScanURI(t.Context(), "adele", "otpauth://totp/x?digits=8&secret=gaytemzugu3doobz")
	if err == nil || strings.Contains(err.Error(), "gaytem") {
		t.Errorf("error %v", err)
	}
	request(t, "GET", r.url+"/apps/adele", "", "")
	request(t, "GET", r.url+"/unknown?code="+code.Code, "", "")
	if err := r.exchange.Close(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"314159", "gaytem", code.Code} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log has %s:\n%s", secret, &out)
		}
	}
	if !strings.Contains(out.String(), "text sent") {
		t.Error("nothing was logged at all")
	}
}

func TestCloseEndsWaitsAndCalls(t *testing.T) {
	e := phone.New(phone.Config{})
	api := httptest.NewServer(e.Handler())
	defer api.Close()
	h := hand.New(api.URL, nil)
	if _, err := h.PlaceCall(t.Context(), hand.CallRequest{To: adele}); err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() { _, err := h.LatestText(context.Background(), adele, "", long); failed <- err }()
	for range 2 {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	wantError(t, <-failed, 503, "closed")
	if c, err := h.PlaceCall(t.Context(), hand.CallRequest{To: adele}); err != nil || c.State != hand.Ringing {
		t.Errorf("a call after Close leaves no timer: %+v, %v", c, err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheClientNamesWhatFailed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			http.Error(w, "gone", http.StatusBadGateway)
			return
		}
		w.Write([]byte("not JSON"))
	}))
	defer server.Close()
	h := hand.New(server.URL, nil)
	_, err := h.Texts(t.Context(), adele)
	if err == nil || !strings.Contains(err.Error(), "read the texts of "+adele) {
		t.Errorf("%v", err)
	}
	_, err = h.SendText(t.Context(), hand.TextRequest{To: adele})
	wantError(t, err, 502, "noExchange")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Calls(ctx, adele); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func FuzzNumbers(f *testing.F) {
	e := phone.New(phone.Config{InService: func(string) bool { return true }})
	handler := e.Handler()
	f.Add("+1 425 555 0123")
	f.Add("(0)…")
	f.Fuzz(func(t *testing.T, number string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = "/numbers/" + strings.ReplaceAll(number, "/", "") + "/texts"
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != 501 {
			t.Errorf("%q: %d %s", number, w.Code, w.Body)
		}
	})
}
