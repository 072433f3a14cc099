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
