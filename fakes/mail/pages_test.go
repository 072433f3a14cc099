package mail_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/mail"
)

const illustrated = "From: =?utf-8?q?Alder_IT?= <it@alder.example.com>\r\nTo: Adele Vance <adele@example.com>\r\n" +
	"Subject: <b>Soon</b>\r\nContent-Type: multipart/related; boundary=r\r\n\r\n" +
	"--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" +
	"--a\r\nContent-Type: text/plain\r\n\r\nIn <i>words</i>.\r\n" +
	"--a\r\nContent-Type: text/html\r\n\r\n<h1>In markup</h1><img src=\"cid:logo@alder\"><script>alert(1)</script>\r\n--a--\r\n" +
	"--r\r\nContent-Type: image/png\r\nContent-ID: <logo@alder>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n--r--\r\n"

func TestPages(t *testing.T) {
	r := open(t, mail.Config{})
	if _, _, body := r.request(t, "GET", r.api.URL+"/"); !strings.Contains(body, "No mail has come in.") {
		t.Error("the empty list does not say so")
	}
	r.send(t, illustrated, "adele@example.com", "hidden@example.com")
	id := url.PathEscape(r.newestID(t))
	for path, want := range map[string][]string{
		"/": {"<h1>Mails</h1>", "&lt;b&gt;Soon&lt;/b&gt;", "Alder IT", "hidden@example.com", `href="/mail/`},
		"/mail/" + id: {"<h1>&lt;b&gt;Soon", `<iframe sandbox src="/mail/`, "In &lt;i&gt;words&lt;/i&gt;.", "hidden@example.com",
			"image/png, 6 bytes", "Return-Path"},
		"/mail/" + id + "/html": {"<h1>In markup</h1>", `src="data:image/png;base64,iVBORw0K"`},
	} {
		status, _, body := r.request(t, "GET", r.api.URL+path)
		for _, part := range want {
			if status != 200 || !strings.Contains(body, part) {
				t.Errorf("%s: %d, lacks %s", path, status, part)
			}
		}
	}
}

// The HTML of a mail runs nothing, asks nobody and belongs to no site.
func TestTheHTMLOfAMailIsLockedUp(t *testing.T) {
	r := open(t, mail.Config{})
	r.send(t, illustrated, "adele@example.com")
	id := url.PathEscape(r.newestID(t))
	_, header, _ := r.request(t, "GET", r.api.URL+"/mail/"+id+"/html")
	if p := header.Get("Content-Security-Policy"); !strings.Contains(p, "sandbox; default-src 'none'") || strings.Contains(p, "allow-") {
		t.Errorf("policy of the mail %q", p)
	}
	r.send(t, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Disposition: inline\r\n"+
		"Content-Security-Policy: default-src *\r\nContent-Length: 3\r\nSet-Cookie: a=b\r\n\r\n<script>1</script>\r\n--b--\r\n", "adele@example.com")
	_, header, body := r.request(t, "GET", r.api.URL+"/api/v1/messages/"+url.PathEscape(r.newestID(t))+"/mime/part/0/download")
	if header.Get("Set-Cookie") != "" || !strings.HasPrefix(header.Get("Content-Security-Policy"), "sandbox") || body != "<script>1</script>" {
		t.Errorf("part comes with %v", header)
	}
}

func TestPagesOfWhatIsNotThere(t *testing.T) {
	r := open(t, mail.Config{})
	for path, want := range map[string]int{"/mail/none": 404, "/mail/none/html": 404, "/?start=x": 400, "/nowhere": 501} {
		if status, _, body := r.request(t, "GET", r.api.URL+path); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, body, want)
		}
	}
}

func TestALongListHasPages(t *testing.T) {
	r := open(t, mail.Config{})
	for i := range 101 {
		r.send(t, fmt.Sprintf("Subject: mail %03d\r\n\r\nx", i), "adele@example.com")
	}
	_, _, first := r.request(t, "GET", r.api.URL+"/")
	_, _, second := r.request(t, "GET", r.api.URL+"/?start=100")
	if !strings.Contains(first, "mail 100") || strings.Contains(first, "mail 000") || !strings.Contains(first, "Older mails") {
		t.Error("first page is wrong")
	}
	if !strings.Contains(second, "mail 000") || !strings.Contains(second, "Newer mails") || strings.Contains(second, "Older mails") {
		t.Error("second page is wrong")
	}
}
