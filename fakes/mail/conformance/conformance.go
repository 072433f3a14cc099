// Package conformance is what every mail catcher of the lab must do, whoever
// wrote it: the embedded one, the same in a container, and MailHog itself. It
// asserts what MailHog 1.0.1 does and nothing more, so the lab's extensions
// and its stricter errors are not in it.
//
// Not covered: release, the event stream, the websocket and Jim.
package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/smtp"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// Target is a catcher under test. The suite empties it and must have it alone.
type Target struct {
	SMTPAddr string       // host:port
	APIBase  string       // address that /api/v2/messages is appended to
	Client   *http.Client // default: [http.DefaultClient]
}

// Run runs the suite against target.
func Run(t *testing.T, target Target) {
	if target.Client == nil {
		target.Client = http.DefaultClient
	}
	for name, test := range map[string]func(*testing.T, Target){
		"a mail has MailHog's form":       testForm,
		"a multipart mail is split":       testParts,
		"the newest mail comes first":     testPaging,
		"search":                          testSearch,
		"search refuses bad parameters":   testBadSearch,
		"one mail is read and deleted":    testOne,
		"downloads":                       testDownloads,
		"all mails are deleted":           testDeleteAll,
		"dots and letters come unchanged": testContent,
		"anyone may log in":               testLogin,
	} {
		t.Run(name, func(t *testing.T) {
			target.delete(t, "/api/v1/messages")
			test(t, target)
		})
	}
}

const (
	sender   = "sspr@example.com"
	adele    = "adele@alder.example.com"
	brandon  = "brandon@alder.example.com"
	plain    = "From: Alder <sspr@example.com>\r\nTo: Adele <adele@alder.example.com>\r\nSubject: First words\r\n\r\nGood morning.\r\nGood night."
	boundary = "=_part"
)

// path, content and message are MailHog's model, written out here so that the
// suite does not trust the types that it tests.
type path struct {
	Relays          []string
	Mailbox, Domain string
	Params          string
}

type content struct {
	Headers map[string][]string
	Body    string
	Size    int
	MIME    *struct{ Parts []content }
}

type message struct {
	ID      string
	From    path
	To      []path
	Content content
	Created time.Time
	MIME    *struct{ Parts []content }
	Raw     struct {
		From string
		To   []string
		Data string
		Helo string
	}
}

type listing struct {
	Total, Count, Start int
	Items               []message
}

func (target Target) send(t *testing.T, mail string, to ...string) {
	t.Helper()
	if err := smtp.SendMail(target.SMTPAddr, nil, sender, to, []byte(mail)); err != nil {
		t.Fatalf("send a mail to %v: %v", to, err)
	}
}

func (target Target) do(t *testing.T, method, path string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target.APIBase+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := target.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return response, body
}

func (target Target) get(t *testing.T, path, contentType string, into any) {
	t.Helper()
	response, body := target.do(t, http.MethodGet, path)
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != contentType {
		t.Fatalf("GET %s: %s, %s, want 200, %s", path, response.Status, response.Header.Get("Content-Type"), contentType)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

func (target Target) delete(t *testing.T, path string) {
	t.Helper()
	if response, _ := target.do(t, http.MethodDelete, path); response.StatusCode != http.StatusOK {
		t.Fatalf("DELETE %s: %s", path, response.Status)
	}
}

func (target Target) list(t *testing.T, query string) listing {
	t.Helper()
	var l listing
	target.get(t, "/api/v2/messages"+query, "application/json", &l)
	return l
}

func (target Target) only(t *testing.T) message {
	t.Helper()
	l := target.list(t, "")
	if l.Total != 1 || l.Count != 1 || len(l.Items) != 1 {
		t.Fatalf("total %d, count %d, %d items, want one mail", l.Total, l.Count, len(l.Items))
	}
	return l.Items[0]
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func has(t *testing.T, headers map[string][]string, name, part string) {
	t.Helper()
	if !slices.ContainsFunc(headers[name], func(v string) bool { return strings.Contains(v, part) }) {
		t.Errorf("field %s is %q, want %q in it", name, headers[name], part)
	}
}

func testForm(t *testing.T, target Target) {
	target.send(t, plain, adele, brandon)
	m := target.only(t)
	equal(t, "From", m.From.Mailbox+" at "+m.From.Domain, "sspr at example.com")
	equal(t, "number of recipients", len(m.To), 2)
	equal(t, "second recipient", m.To[1].Mailbox+" at "+m.To[1].Domain, "brandon at alder.example.com")
	equal(t, "Body", m.Content.Body, "Good morning.\r\nGood night.")
	equal(t, "Size", m.Content.Size, len(plain))
	equal(t, "Raw.Data", m.Raw.Data, plain)
	equal(t, "Raw.From", m.Raw.From, sender)
	equal(t, "Raw.To", strings.Join(m.Raw.To, " "), adele+" "+brandon)
	equal(t, "a MIME body", m.MIME != nil, false)
	equal(t, "no time", m.Created.IsZero(), false)
	equal(t, "an id with a host", strings.Contains(m.ID, "@"), true)
	has(t, m.Content.Headers, "Subject", "First words")
	has(t, m.Content.Headers, "Message-ID", m.ID)
	has(t, m.Content.Headers, "Return-Path", "<"+sender+">")
	has(t, m.Content.Headers, "Received", m.ID)
	testKeys(t, target)
}

// testKeys holds the names and the order of what is sent against MailHog's.
func testKeys(t *testing.T, target Target) {
	t.Helper()
	_, body := target.do(t, http.MethodGet, "/api/v2/messages")
	const want = `total count start items ID From Relays Mailbox Domain Params To Relays Mailbox Domain Params Relays Mailbox Domain Params ` +
		`Content Headers Body Size MIME Created MIME Raw From To Data Helo`
	equal(t, "order of the keys", strings.Join(keys(t, body), " "), want)
	if !bytes.Contains(body, []byte(`"Relays":null`)) || !bytes.Contains(body, []byte(`"MIME":null`)) {
		t.Error("no relays and no MIME body are not null")
	}
}

// keys returns the object keys of a document in their order, the field names of
// mails left out.
func keys(t *testing.T, document []byte) []string {
	t.Helper()
	var names []string
	decoder := json.NewDecoder(bytes.NewReader(document))
	type level struct{ object, key, skip bool }
	stack := []level{{}}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		top := &stack[len(stack)-1]
		isKey := top.object && top.key
		switch delim, _ := token.(json.Delim); {
		case delim == '{' || delim == '[':
			skip := top.skip || (top.object && len(names) > 0 && names[len(names)-1] == "Headers")
			top.key = true
			stack = append(stack, level{delim == '{', true, skip})
			continue
		case delim == '}' || delim == ']':
			stack = stack[:len(stack)-1]
			continue
		case isKey && !top.skip:
			names = append(names, fmt.Sprint(token))
		}
		top.key = !top.key
	}
}

func multipart() string {
	return "From: " + sender + "\r\nTo: " + adele + "\r\nSubject: Parts\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n" +
		"--" + boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIn words.\r\n" +
		"--" + boundary + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+SW4gbWFya3VwPC9wPg==\r\n" +
		"--" + boundary + "--\r\n"
}

func testParts(t *testing.T, target Target) {
	target.send(t, multipart(), adele)
	m := target.only(t)
	if m.MIME == nil || len(m.MIME.Parts) != 3 {
		t.Fatalf("parts are %+v, want two and the end", m.MIME)
	}
	equal(t, "first body", m.MIME.Parts[0].Body, "In words.")
	equal(t, "second body", m.MIME.Parts[1].Body, "PHA+SW4gbWFya3VwPC9wPg==")
	equal(t, "what follows the last boundary", m.MIME.Parts[2].Body, "--")
	has(t, m.MIME.Parts[1].Headers, "Content-Transfer-Encoding", "base64")
}

func testPaging(t *testing.T, target Target) {
	for i := range 5 {
		target.send(t, fmt.Sprintf("Subject: number %d\r\n\r\nbody", i), adele)
	}
	for _, test := range []struct {
		query              string
		total, count, from int
	}{
		{"", 5, 5, 4}, {"?limit=2", 5, 2, 4}, {"?start=1&limit=2", 5, 2, 3}, {"?start=4&limit=50", 5, 1, 0},
	} {
		l := target.list(t, test.query)
		if l.Total != test.total || l.Count != test.count || len(l.Items) != test.count {
			t.Fatalf("%s: total %d, count %d, %d items, want %d, %d", test.query, l.Total, l.Count, len(l.Items), test.total, test.count)
		}
		has(t, l.Items[0].Content.Headers, "Subject", fmt.Sprintf("number %d", test.from))
	}
	if l := target.list(t, "?start=99"); l.Count != 0 || l.Items == nil || l.Start != 99 {
		t.Errorf("beyond the end: %+v, want no items, but a list", l)
	}
	var all []message
	target.get(t, "/api/v1/messages", "text/json", &all)
	equal(t, "number of mails in v1", len(all), 5)
	has(t, all[0].Content.Headers, "Subject", "number 4")
}

func testSearch(t *testing.T, target Target) {
	target.send(t, plain, adele)
	target.send(t, "From: Other <other@example.com>\r\nTo: list@example.com\r\nSubject: Second\r\n\r\nGood evening.", brandon)
	for query, want := range map[string]int{
		"kind=to&query=" + adele:             1,
		"kind=to&query=ALDER.example":        2, // the envelope, in any case
		"kind=to&query=list@":                1, // the field
		"kind=from&query=" + sender:          2,
		"kind=from&query=other":              1,
		"kind=containing&query=good":         2,
		"kind=containing&query=Second":       1, // a field
		"kind=containing&query=evening":      1,
		"kind=containing&query=absent":       0,
		"kind=containing&query=good&limit=1": 1,
	} {
		var l listing
		target.get(t, "/api/v2/search?"+query, "application/json", &l)
		if l.Count != want || len(l.Items) != want {
			t.Errorf("%s finds %d, want %d", query, l.Count, want)
		}
	}
}

func testBadSearch(t *testing.T, target Target) {
	for _, query := range []string{"", "?kind=to", "?query=x", "?kind=subject&query=x"} {
		if response, _ := target.do(t, http.MethodGet, "/api/v2/search"+query); response.StatusCode != http.StatusBadRequest {
			t.Errorf("search%s: %s, want 400", query, response.Status)
		}
	}
}

func testOne(t *testing.T, target Target) {
	target.send(t, plain, adele)
	target.send(t, plain, brandon)
	id := target.list(t, "").Items[0].ID
	var m message
	target.get(t, "/api/v1/messages/"+url.PathEscape(id), "text/json", &m)
	equal(t, "recipient", m.To[0].Mailbox, "brandon")
	target.delete(t, "/api/v1/messages/"+url.PathEscape(id))
	equal(t, "who remains", target.only(t).To[0].Mailbox, "adele")
}

func testDownloads(t *testing.T, target Target) {
	target.send(t, multipart(), adele)
	id := target.only(t).ID
	response, body := target.do(t, http.MethodGet, "/api/v1/messages/"+url.PathEscape(id)+"/download")
	equal(t, "type of the download", response.Header.Get("Content-Type"), "message/rfc822")
	equal(t, "name of the download", response.Header.Get("Content-Disposition"), `attachment; filename="`+id+`.eml"`)
	if text := string(body); !strings.Contains(text, "Subject: Parts\r\n") || !strings.Contains(text, "\r\n\r\n--"+boundary) {
		t.Errorf("download is %q", text)
	}
	response, body = target.do(t, http.MethodGet, "/api/v1/messages/"+url.PathEscape(id)+"/mime/part/1/download")
	equal(t, "type of the part", response.Header.Get("Content-Type"), "text/html; charset=utf-8")
	equal(t, "name of the part", response.Header.Get("Content-Disposition"), `attachment; filename="`+id+`-part-1"`)
	equal(t, "part", string(body), "<p>In markup</p>")
}

func testDeleteAll(t *testing.T, target Target) {
	target.send(t, plain, adele)
	target.delete(t, "/api/v1/messages")
	if l := target.list(t, ""); l.Total != 0 || l.Items == nil {
		t.Errorf("after the deletion: %+v, want no items, but a list", l)
	}
}

func testContent(t *testing.T, target Target) {
	const text = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nX-Folded: one\r\n two\r\n\r\n.leading\r\n..two\r\nÄpfel — 你好\r\n."
	target.send(t, text, adele)
	m := target.only(t)
	equal(t, "Body", m.Content.Body, ".leading\r\n..two\r\nÄpfel — 你好\r\n.")
	equal(t, "raw subject", m.Content.Headers["Subject"][0], "=?utf-8?q?Gr=C3=BC=C3=9Fe?=")
	equal(t, "folded field", m.Content.Headers["X-Folded"][0], "one two")
}

func testLogin(t *testing.T, target Target) {
	client, err := smtp.Dial(target.SMTPAddr)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if ok, mechanisms := client.Extension("AUTH"); !ok || !strings.Contains(mechanisms, "PLAIN") {
		t.Errorf("AUTH offers %q, want PLAIN", mechanisms)
	}
	if ok, _ := client.Extension("STARTTLS"); ok {
		t.Error("STARTTLS is offered")
	}
	host, _, _ := strings.Cut(target.SMTPAddr, ":")
	if err := client.Auth(smtp.PlainAuth("", "anyone", "anything", host)); err != nil {
		t.Errorf("log in: %v", err)
	}
}
