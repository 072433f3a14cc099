package mail_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ssprlab/ssprlab/fakes/mail"
	"github.com/ssprlab/ssprlab/fakes/mail/conformance"
	"github.com/ssprlab/ssprlab/lab/clock"
	"github.com/ssprlab/ssprlab/lab/seed"
)

// room is a catcher that runs for one test.
type room struct {
	catcher *mail.Catcher
	smtp    string
	api     *httptest.Server
	control *httptest.Server
}

func open(t *testing.T, config mail.Config) *room {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := mail.New(config)
	served := make(chan error, 1)
	go func() { served <- c.ServeSMTP(l) }()
	r := &room{c, l.Addr().String(), httptest.NewServer(c.Handler()), httptest.NewServer(c.Control())}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Errorf("ServeSMTP after Close: %v", err)
		}
		r.api.Close()
		r.control.Close()
	})
	return r
}

func (r *room) send(t *testing.T, text string, to ...string) {
	t.Helper()
	if err := smtp.SendMail(r.smtp, nil, "sspr@example.com", to, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func (r *room) request(t *testing.T, method, url string) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

func (r *room) newestID(t *testing.T) string {
	t.Helper()
	_, _, body := r.request(t, "GET", r.api.URL+"/api/v2/messages")
	var l struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &l); err != nil || len(l.Items) == 0 {
		t.Fatalf("no newest mail in %s (%v)", body, err)
	}
	return l.Items[0].ID
}

func TestConformance(t *testing.T) {
	r := open(t, mail.Config{})
	conformance.Run(t, conformance.Target{SMTPAddr: r.smtp, APIBase: r.api.URL})
}

// No code and no password reaches a log: DESIGN rule 8. MailHog's own parser
// writes every mail to the standard logger, which is why it is not used.
func TestNothingOfAMailReachesALog(t *testing.T) {
	const code = "314159"
	var standard, own bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&standard)
	r := open(t, mail.Config{Log: slog.New(slog.NewTextHandler(&own, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	text := "Subject: your code is " + code + "\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + code + "\r\n--b--\r\n"
	r.send(t, text, "adele@example.com")
	id := url.PathEscape(r.newestID(t))
	for _, path := range []string{"/", "/mail/" + id, "/mail/" + id + "/html", "/api/v1/messages/" + id + "/mime/part/0/download",
		"/api/v2/search?kind=containing&query=" + code, "/unknown?code=" + code,
		"/lab/wait?subject=code&timeout=1s", "/lab/wait?to=nobody@example.com&timeout=1ms"} {
		_, _, body := r.request(t, "GET", r.api.URL+path)
		if strings.HasSuffix(path, "1ms") && strings.Contains(body, code) {
			t.Errorf("the error of a wait carries the code: %s", body)
		}
	}
	raw := dial(t, r.smtp)
	raw.command(t, "XYZZ "+code, "500")
	if err := r.catcher.Close(); err != nil {
		t.Error(err)
	}
	if standard.Len() > 0 {
		t.Errorf("the standard logger got %s", &standard)
	}
	if !strings.Contains(own.String(), "mail received") || strings.Contains(own.String(), code) {
		t.Errorf("Config.Log got %s", &own)
	}
}

func TestTheSameSeedGivesTheSameIDs(t *testing.T) {
	var ids []string
	for range 2 {
		r := open(t, mail.Config{Seed: seed.New(7), Hostname: "mail.alder.test"})
		r.send(t, "Subject: x\r\n\r\ny", "adele@example.com")
		ids = append(ids, r.newestID(t))
	}
	if ids[0] != ids[1] || !strings.HasSuffix(ids[0], "@mail.alder.test") {
		t.Errorf("ids %q of one seed", ids)
	}
}

func TestMailsArriveOnTheLabsClock(t *testing.T) {
	start := time.Date(2019, 11, 4, 8, 0, 0, 0, time.UTC)
	lab := clock.New(start)
	r := open(t, mail.Config{Clock: lab})
	r.send(t, "Subject: x\r\n\r\ny", "adele@example.com")
	lab.Advance(time.Hour)
	mark := lab.Now()
	if status, _, body := r.request(t, "GET", r.api.URL+"/lab/wait?timeout=5ms&since="+mark.Format(time.RFC3339Nano)); status != http.StatusRequestTimeout {
		t.Errorf("the mail of an hour ago is newer than now: %d %s", status, body)
	}
	r.send(t, "Subject: later\r\n\r\ny", "adele@example.com")
	status, _, body := r.request(t, "GET", r.api.URL+"/lab/wait?since="+mark.Format(time.RFC3339Nano))
	if status != 200 || !strings.Contains(body, "later") || !strings.Contains(body, `"Created":"2019-11-04T09:`) {
		t.Errorf("%d %s", status, body)
	}
}

func TestErrorsOfTheAPI(t *testing.T) {
	r := open(t, mail.Config{})
	r.send(t, "Subject: x\r\n\r\ny", "adele@example.com")
	id := url.PathEscape(r.newestID(t))
	for _, test := range []struct {
		method, path string
		want         int
		code         string
	}{
		{"GET", "/api/v1/messages/none", 404, "unknownMessage"},
		{"DELETE", "/api/v1/messages/none", 404, "unknownMessage"},
		{"GET", "/api/v1/messages/none/download", 404, "unknownMessage"},
		{"GET", "/api/v1/messages/" + id + "/mime/part/0/download", 404, "unknownPart"},
		{"GET", "/api/v1/messages/" + id + "/mime/part/x/download", 404, "unknownPart"},
		{"GET", "/api/v1/messages/none/mime/part/0/download", 404, "unknownMessage"},
		{"GET", "/api/v2/messages?start=-1", 400, "badParameter"},
		{"GET", "/api/v2/messages?limit=ten", 400, "badParameter"},
		{"GET", "/api/v2/search?kind=to", 400, "badParameter"},
		{"GET", "/lab/wait?timeout=never", 400, "badParameter"},
		{"GET", "/lab/wait?timeout=24h", 400, "badParameter"},
		{"GET", "/lab/wait?since=yesterday", 400, "badParameter"},
		{"GET", "/lab/wait?after=none", 404, "unknownMessage"},
		{"GET", "/lab/wait?to=bob@example.com&timeout=5ms", 408, "timeout"},
		{"POST", "/api/v1/messages/" + id + "/release", 501, "notModelled"},
		{"GET", "/api/v1/events", 501, "notModelled"},
		{"GET", "/api/v2/jim", 501, "notModelled"},
		{"PUT", "/api/v2/messages", 501, "notModelled"},
	} {
		status, header, body := r.request(t, test.method, r.api.URL+test.path)
		if status != test.want || !strings.Contains(body, `"code":"`+test.code+`"`) || header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %d %s, want %d %s", test.method, test.path, status, body, test.want, test.code)
		}
	}
	if status, _, body := r.request(t, "GET", r.api.URL+"/api/v2/messages?start=1"); status != 200 || !strings.Contains(body, `"items":[]`) {
		t.Errorf("a page that starts at the end: %d %s", status, body)
	}
}

func TestATimeoutNamesWhatWasWaitedFor(t *testing.T) {
	r := open(t, mail.Config{})
	r.send(t, "Subject: other\r\n\r\ny", "adele@example.com")
	_, _, body := r.request(t, "GET", r.api.URL+"/lab/wait?to=adele@example.com&subject=reset&timeout=5ms")
	for _, want := range []string{"adele@example.com", "reset", "5ms", "1 mails, 1 of them"} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", body, want)
		}
	}
}

func TestAWaitEndsWhenTheMailArrives(t *testing.T) {
	r := open(t, mail.Config{})
	r.send(t, "Subject: =?utf-8?q?Best=C3=A4tigung?=\r\n\r\nold", "adele@example.com")
	old := r.newestID(t)
	type answer struct {
		status int
		body   string
	}
	done := make(chan answer, 1)
	go func() {
		status, _, body := r.request(t, "GET", r.api.URL+"/lab/wait?to=ADELE@example.com&subject="+url.QueryEscape("bestätigung")+"&after="+url.QueryEscape(old)+"&timeout=30s")
		done <- answer{status, body}
	}()
	r.send(t, "Subject: =?utf-8?q?Best=C3=A4tigung?=\r\n\r\nwrong person", "brandon@example.com")
	r.send(t, "Subject: =?utf-8?q?Best=C3=A4tigung?=\r\n\r\nnew", "adele@example.com")
	if a := <-done; a.status != 200 || !strings.Contains(a.body, "new") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestPauseResumeReset(t *testing.T) {
	r := open(t, mail.Config{})
	post := func(path string, want int) {
		t.Helper()
		if status, _, body := r.request(t, "POST", r.control.URL+path); status != want {
			t.Errorf("POST %s: %d %s, want %d", path, status, body, want)
		}
	}
	send := func() error {
		return smtp.SendMail(r.smtp, nil, "sspr@example.com", []string{"adele@example.com"}, []byte("Subject: x\r\n\r\ny"))
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	post("/pause", 204)
	if err := send(); err == nil || !strings.HasPrefix(err.Error(), "451") {
		t.Errorf("paused: %v, want 451", err)
	}
	post("/resume", 204)
	if err := send(); err != nil {
		t.Error(err)
	}
	post("/pause", 204)
	post("/reset", 204)
	if _, _, body := r.request(t, "GET", r.api.URL+"/api/v2/messages"); !strings.HasPrefix(body, `{"total":0`) {
		t.Errorf("after the reset: %s", body)
	}
	if err := send(); err != nil {
		t.Errorf("after the reset: %v", err)
	}
	post("/explode", 501)
	if status, _, _ := r.request(t, "POST", r.api.URL+"/pause"); status != 501 {
		t.Errorf("the control answers beside the API: %d", status)
	}
}

// A pause that comes in the middle of a mail refuses that mail.
func TestPauseInTheMiddleOfAMail(t *testing.T) {
	r := open(t, mail.Config{})
	raw := dial(t, r.smtp)
	raw.command(t, "HELO there", "250")
	raw.command(t, "MAIL FROM:<a@example.com>", "250")
	raw.command(t, "RCPT TO:<b@example.com>", "250")
	r.request(t, "POST", r.control.URL+"/pause")
	raw.command(t, "DATA", "354")
	raw.command(t, "Subject: x\r\n\r\ny\r\n.", "451")
}

func TestCloseEndsEverything(t *testing.T) {
	before := runtime.NumGoroutine()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := mail.New(mail.Config{})
	served := make(chan error, 1)
	go func() { served <- c.ServeSMTP(l) }()
	idle := dial(t, l.Addr().String())
	sending := dial(t, l.Addr().String())
	sending.command(t, "HELO x", "250")
	sending.command(t, "MAIL FROM:<a@example.com>", "250")
	sending.command(t, "RCPT TO:<b@example.com>", "250")
	sending.command(t, "DATA", "354")
	waiting := make(chan int, 1)
	started := make(chan struct{})
	go func() {
		w := httptest.NewRecorder()
		request := httptest.NewRequest("GET", "/lab/wait?timeout=60s", nil)
		close(started)
		c.Handler().ServeHTTP(w, request)
		waiting <- w.Code
	}()
	<-started
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if status := <-waiting; status != http.StatusServiceUnavailable {
		t.Errorf("the wait ended with %d", status)
	}
	idle.Close()
	sending.Close()
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		runtime.Gosched()
	}
	if err := c.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := c.ServeSMTP(l); err == nil {
		t.Error("ServeSMTP after Close: no error")
	}
}
