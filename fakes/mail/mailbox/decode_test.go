package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mailhog/data"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
)

func decode(text string) mailbox.Message {
	return mailbox.Decode(data.Message{ID: "1", Created: time.Unix(1e9, 0), Raw: &data.SMTPMessage{
		From: "envelope@example.com", To: []string{"adele@example.com"}, Data: strings.ReplaceAll(text, "\n", "\r\n")}})
}

func TestDecodeBodies(t *testing.T) {
	for _, test := range []struct{ name, mail, text, html string }{
		{"plain", "Subject: x\n\nhello\nthere\n", "hello\nthere", ""},
		{"no header at all", "hello there", "hello there", ""},
		{"header alone", "Subject: x", "", ""},
		{"quoted-printable in Latin 1", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe=\n!", "Grüße!", ""},
		{"base64", "Content-Type: text/html; charset=\"UTF-8\"\nContent-Transfer-Encoding: BASE64\n\nPHA+\nR3LDvMOfZTwvcD4=\n", "", "<p>Grüße</p>"},
		{"base64 that breaks off", "Content-Transfer-Encoding: base64\n\naGVsbG8g!!", "hello ", ""},
		{"an unknown charset", "Content-Type: text/plain; charset=klingon\n\nqapla", "qapla", ""},
		{"a broken content type", "Content-Type: ;;;\n\nhello", "hello", ""},
		{"alternative", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\none\n--b\nContent-Type: text/html\n\n<p>two\n--b--\n", "one", "<p>two"},
		{"nested", "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b--\n--m--\n", "one", ""},
		{"the first text counts", "Content-Type: multipart/mixed; boundary=m\n\n--m\n\none\n--m\n\ntwo\n--m--\n", "one", ""},
		{"a multipart that breaks off", "Content-Type: multipart/mixed; boundary=m\n\n--m\n\none", "one", ""},
		{"windows-1252", "Content-Type: text/plain; charset=windows-1252\nContent-Transfer-Encoding: quoted-printable\n\n=93quoted=94", "“quoted”", ""},
	} {
		if m := decode(test.mail); m.Text != test.text || m.HTML != test.html {
			t.Errorf("%s: text %q, HTML %q, want %q, %q", test.name, m.Text, m.HTML, test.text, test.html)
		}
	}
}

func TestDecodeHeader(t *testing.T) {
	m := decode("From: =?utf-8?q?Alder_on_behalf_of_Microsoft?= <msonlineservicesteam@example.com>\n" +
		"To: \"Vance, Adele\" <adele@example.com>, =?iso-8859-1?q?J=F8rgen?= <j@example.com>\n" +
		"Subject: =?utf-8?b?w4RuZGVydW5n?= =?utf-8?q?_best=C3=A4tigt?=\nDate: Mon, 04 Nov 2019 08:00:00 +0100\n\nx")
	if m.From.Name != "Alder on behalf of Microsoft" || m.From.Address != "msonlineservicesteam@example.com" {
		t.Errorf("From %+v", m.From)
	}
	if len(m.To) != 2 || m.To[0].Name != "Vance, Adele" || m.To[1].Name != "Jørgen" {
		t.Errorf("To %+v", m.To)
	}
	if m.Subject != "Änderung bestätigt" {
		t.Errorf("Subject %q", m.Subject)
	}
	if !m.Date.Equal(time.Date(2019, 11, 4, 7, 0, 0, 0, time.UTC)) || !m.Received.Equal(time.Unix(1e9, 0)) {
		t.Errorf("Date %s, Received %s", m.Date, m.Received)
	}
	if m = decode("From: nonsense\nTo: ;;\nDate: never\n\nx"); m.From.Address != "envelope@example.com" || m.Date != m.Received || m.Recipients[0] != "adele@example.com" {
		t.Errorf("broken header: %+v", m)
	}
}

func TestDecodeWithoutRaw(t *testing.T) {
	m := mailbox.Decode(data.Message{Content: &data.Content{Headers: map[string][]string{"Subject": {"s"}}, Body: "b"}})
	if m.Subject != "s" || m.Text != "b" {
		t.Errorf("%+v", m)
	}
	mailbox.Decode(data.Message{})
}

func TestAttachmentsAndPictures(t *testing.T) {
	m := decode("Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src=\"cid:logo\">\n" +
		"--b\nContent-Type: image/png\nContent-ID: <logo>\nContent-Disposition: inline; filename=logo.png\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n" +
		"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"n.txt\"\n\nnotes\n--b--\n")
	if len(m.Attachments) != 2 || m.Attachments[0].Name != "logo.png" || string(m.Attachments[1].Content) != "notes" || m.Text != "" {
		t.Fatalf("%+v", m)
	}
	if want := `<img src="data:image/png;base64,aGVsbG8=">`; m.SelfContained() != want {
		t.Errorf("%s, want %s", m.SelfContained(), want)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("Subject: =?utf-8?q?x?=\r\n\r\ny")
	f.Add("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\n--b--")
	f.Add("Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=0")
	f.Add("From: <@>\r\nTo: ,\r\nDate: x\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		decode(text).SelfContained()
	})
}
