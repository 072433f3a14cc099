package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/mailhog/data"
)

// How MailHog splits a mail, by the mails it splits oddly.
func TestNewContent(t *testing.T) {
	for _, test := range []struct {
		name, text, body string
		headers          map[string]string
	}{
		{"no empty line: all body", "Subject: x\r\nhello", "Subject: x\r\nhello", nil},
		{"the last of a name wins", "A: 1\r\nA: 2\r\n\r\nb", "b", map[string]string{"A": "2"}},
		{"a folded line keeps its space", "A: 1\r\n\t2\r\n 3\r\n\r\nb", "b", map[string]string{"A": "1\t2 3"}},
		{"a colon without a space is no field", "A:1\r\nB: 2\r\n\r\nb", "b", map[string]string{"B": "2"}},
		{"a value with a colon", "A: x: y\r\n\r\n", "", map[string]string{"A": "x: y"}},
		{"a fold before any field", " x\r\nA: 1\r\n\r\nb", "b", map[string]string{"A": "1"}},
		{"empty", "", "", nil},
	} {
		c := newContent(test.text)
		if c.Body != test.body || c.Size != len(test.text) || len(c.Headers) != len(test.headers) {
			t.Errorf("%s: %+v", test.name, c)
		}
		for name, want := range test.headers {
			if got := c.Headers[name]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: field %s is %q, want %q", test.name, name, got, want)
			}
		}
	}
}

func TestSplit(t *testing.T) {
	const kind = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	for _, test := range []struct {
		name, text string
		bodies     []string
	}{
		{"an introduction is a part", kind + "intro\r\n--b\r\n\r\none\r\n--b--", []string{"intro", "one", "--"}},
		{"no boundary in the text", kind + "text", []string{"text"}},
		{"no boundary in the field", "Content-Type: multipart/mixed\r\n\r\n--b\r\n", []string{}},
		{"no multipart", "Content-Type: text/plain\r\n\r\n--b", nil},
	} {
		got := split(newContent(test.text), 0)
		if (got == nil) != (test.bodies == nil) {
			t.Errorf("%s: %+v", test.name, got)
			continue
		}
		if got == nil {
			continue
		}
		if len(got.Parts) != len(test.bodies) {
			t.Errorf("%s: %d parts, want %d", test.name, len(got.Parts), len(test.bodies))
			continue
		}
		for i, want := range test.bodies {
			if got.Parts[i].Body != want {
				t.Errorf("%s: part %d is %q, want %q", test.name, i, got.Parts[i].Body, want)
			}
		}
	}
}

// A mail cannot make the catcher work without bound.
func TestSplitIsBounded(t *testing.T) {
	start := time.Now()
	deep := strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n", 50000)
	levels := 0
	for m := split(newContent(deep), 0); m != nil && len(m.Parts) > 0; m = m.Parts[0].MIME {
		levels++
	}
	if levels != maxDepth {
		t.Errorf("%d levels, want %d", levels, maxDepth)
	}
	wide := split(newContent("Content-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Repeat("--bx", 1<<20)), 0)
	if len(wide.Parts) > maxParts {
		t.Errorf("%d parts", len(wide.Parts))
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %s", d)
	}
}

func TestTraceKeepsWhatTheSenderWrote(t *testing.T) {
	raw := &data.SMTPMessage{From: "a@example.com", To: []string{"b@example.com"}, Helo: "h",
		Data: "message-id: <own@example.com>\r\nreceived: from elsewhere\r\nReturn-Path: <x@example.com>\r\n\r\nb"}
	m := newMessage("id@h", raw, "host", time.Unix(0, 0).UTC())
	h := m.Content.Headers
	if len(h["Message-ID"]) != 0 || len(h["received"]) != 2 || len(h["Return-Path"]) != 2 || h["Return-Path"][1] != "<a@example.com>" {
		t.Errorf("%q", h)
	}
	if !strings.Contains(h["received"][1], "id id@h; Thu, 01 Jan 1970") {
		t.Errorf("received %q", h["received"])
	}
}

func TestNewPath(t *testing.T) {
	p := newPath("@a.test,@b.test:c@d.test")
	if len(p.Relays) != 2 || p.Mailbox != "c" || p.Domain != "d.test" {
		t.Errorf("%+v", p)
	}
	if p := newPath(""); p.Mailbox != "" || p.Domain != "" || p.Relays != nil {
		t.Errorf("the empty sender: %+v", p)
	}
}

func FuzzNewMessage(f *testing.F) {
	f.Add("Subject: x\r\n\r\ny")
	f.Add("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nA: 1\r\n\r\none\r\n--b--\r\n")
	f.Add("Content-Type: multipart/mixed; boundary=\r\n\r\n")
	f.Add("\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		m := newMessage("id", &data.SMTPMessage{Data: text, From: text, To: []string{text}}, "h", time.Time{})
		if m.Content.Size != len(text) || len(m.Content.Headers["Message-ID"]) > 1 {
			t.Errorf("%+v", m.Content)
		}
		subject(m)
		contains(m, "x")
	})
}
