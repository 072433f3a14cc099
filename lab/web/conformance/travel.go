package conformance

import (
	"bytes"
	"errors"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
)

func pageText(t *trip) {
	v := t.open("/text")
	want := `Links
Form
What is read
A line with bolditalic and nbsp.
A second line
Block in
block
tail
visibility is not modelled
open dialog
Summary
in details
Something went wrong
Methods
Name State
Phone On Change
E-mail
日本語 — «Ünïcode» 𝒜 😀 <tag> &amp;
pre formatted
one
two
term
definition
unclosed
paragraphs
End`
	if v.Text != want {
		t.Errorf("text is\n%s\nwant\n%s", v.Text, want)
	}
	if len(v.Alerts) != 1 || len(v.Tables) != 1 || len(v.Tables[0]) != 3 || v.Tables[0][1][1] != "On Change" {
		t.Errorf("alerts %q, tables %q", v.Alerts, v.Tables)
	}
	if len(v.Images) != 2 || v.Images[0] != (web.Image{Alt: "A dot", URL: t.site.Here + "/dot.png"}) {
		t.Errorf("images %v", v.Images)
	}
	if len(v.Sounds) != 1 || v.Sounds[0] != (web.Sound{Name: "The same, read aloud", URL: t.site.Here + "/sound.wav"}) {
		t.Errorf("sounds %v", v.Sounds)
	}
}

func links(t *trip) {
	follow := func(name, url string, lines ...string) {
		t.Helper()
		t.open("/links")
		v := t.press(name)
		if v.URL != url {
			t.Errorf("%s led to %s, want %s", name, v.URL, url)
		}
		t.has(v, lines...)
	}
	here := t.site.Here
	follow("Echo", here+"/echo?from=links#part", "Referer "+here+"/links", "Sec-Fetch-Site same-origin")
	follow("Unicode query", here+"/echo?q=gr%C3%BC%C3%9Fe&r=%C3%BC%20x")
	follow("Unicode path", here+"/echo/stra%C3%9Fe/%C3%A4%20b")
	follow("Below", here+"/links#below")
	follow("Same", here+"/links")
	follow("There", t.site.There+"/echo", "Referer "+here+"/", "Sec-Fetch-Site same-site")
	follow("Far", t.site.Far+"/echo", "Referer "+here+"/", "Sec-Fetch-Site cross-site")
	follow("Silent", t.site.There+"/echo", "Referer", "Sec-Fetch-Site same-site")
	follow("Gone", here+"/gone", "We looked everywhere")
	if v := t.v.View(); v.Status != 404 {
		t.Errorf("status %d, want 404", v.Status)
	}
	t.press("Form")
	t.open(here)
}

func refusedLinks(t *trip) {
	t.open("/links")
	t.refused(web.Act{Press: "New window"}, "opens another window", "use Open with "+t.site.Here+"/echo")
	t.refused(web.Act{Press: "Mail us"}, "leads out of the browser")
	t.refused(web.Act{Press: "Call us"}, "leads out of the browser")
	t.refused(web.Act{Press: "Save picture"}, "downloads a file")
	t.refused(web.Act{Press: "No destination"}, "no button or link")
	t.refused(web.Act{Press: "Elsewhere"}, "another window")
	t.refused(web.Act{Press: "Dialog"}, "dialog")
}

func brokenAnswers(t *trip) {
	t.open("/links")
	var failed *web.PageError
	err := t.refused(web.Act{Press: "Boom"}, "/boom answered 500", "The agent is not there")
	if !errors.As(err, &failed) || failed.Status != 500 || failed.View.Heading != "The agent is not there" {
		t.Errorf("%#v is not the PageError", err)
	}
	t.back()
	if err := t.refused(web.Act{Press: "Data"}, "/json answered 200", "application/json"); !errors.As(err, &failed) {
		t.Errorf("%#v is no PageError", err)
	}
	t.open("/links")
	if v := t.press("Empty"); v.Status != 404 || v.Text != "" {
		t.Errorf("an empty page is %+v", v)
	}
	t.open("/links")
	t.breaks(web.Act{Press: "Nothing"}, "/links", "204")
	for _, url := range []string{t.site.Here + "/loop", "https://nowhere.example.com/", "https://pages.lab.localhost:1/", "ftp://x/", "form", t.site.Here + "/json"} {
		v, err := t.v.Open(t.ctx, url)
		t.note("open "+url, v, err, true)
		if err == nil || !strings.Contains(err.Error(), url) {
			t.Errorf("open %s: error %v", url, err)
		}
	}
	t.open("/links")
}

func baseHref(t *trip) {
	v := t.open("/deep/base")
	if v.Images[0].URL != t.site.Here+"/echo/based/dot.png" {
		t.Errorf("picture at %s", v.Images[0].URL)
	}
	t.has(t.press("Link"), "request GET "+strings.TrimPrefix(t.site.Here, "https://")+"/echo/based/link")
	t.open("/deep/base")
	t.press("Action")
	t.open("/deep/base")
	v, err := t.v.Act(t.ctx, web.Act{Press: "Query"})
	t.page("query", v, err)
}

func getRedirects(t *trip) {
	for _, to := range []string{"/go/302?to=/echo", "/go/301?to=/echo", "/go/303?to=/go/307?to=/echo", "/go/308?to={there}/echo"} {
		v := t.open(to)
		t.has(v, strings.TrimSuffix("cookies hop="+hop(to), " hop="))
	}
	t.open("/form")
	if v := t.press("New fragment"); v.URL != t.site.Here+"/echo#new" {
		t.Errorf("came to %s", v.URL)
	}
	t.open("/form")
	if v := t.press("Old fragment"); v.URL != t.site.Here+"/echo#old" {
		t.Errorf("came to %s", v.URL)
	}
}

// hop is the cookie that the last redirect of our host left.
func hop(path string) string {
	if strings.Contains(path, "{there}") {
		return ""
	}
	i := strings.LastIndex(path, "/go/")
	return path[i+4 : i+7]
}

func postRedirects(t *trip) {
	word := []web.Fill{{Label: "Word", Value: "über & co"}}
	for _, button := range []string{"303", "302", "307", "308", "307 there", "307 far", "307 far and back", "Post there", "Post far", "With fragment"} {
		t.open("/form")
		v := t.act(web.Act{Fill: word, Press: button})
		posted := strings.Contains(v.Text, `entry word="über & co"`)
		if want := button != "303" && button != "302"; posted != want {
			t.Errorf("%s: posted is %t, want %t", button, posted, want)
		}
	}
}

func cookieJar(t *trip) {
	t.has(t.open("/cookie"), `cookies plain=1 quoted=a b shared=3`)
	t.has(t.open("/echo/deep/er"), `cookies deep=2 plain=1 quoted=a b shared=3`)
	t.has(t.open(t.site.There+"/echo"), `cookies shared=3`)
	t.has(t.open(t.site.Far+"/echo"), `cookies`)
	body, kind, err := t.v.Fetch(t.ctx, t.site.Here+"/mine.txt")
	if err != nil || kind != "text/plain; charset=utf-8" {
		t.Fatalf("fetch: %q, %v", kind, err)
	}
	_ = body // whether cookies go along depends on SameSite, which a form client does not model
}

func referrerPolicy(t *trip) {
	t.open("/private")
	t.has(t.press("Echo"), "Referer", "Sec-Fetch-Site same-origin")
	t.open("/private")
	t.has(t.press("Post"), "Referer", "Origin null")
	t.open("/private")
	t.press("Post there")
}

func history(t *trip) {
	t.open("/form")
	t.act(web.Act{Fill: []web.Fill{{Label: "Word", Value: "kept"}, {Label: "Password", Value: "forgotten"}, {Label: "List", Value: "Two"},
		{Label: "Area", Value: "a\nb"}, {Label: "One-time code", Value: "123456"}}, Tick: []string{"Tick"}, Untick: []string{"Box"}, Press: "Post"})
	v := t.back()
	if v.URL != t.site.Here+"/form" || v.Field("Word").Value != "kept" || v.Field("Password").Value != "" {
		t.Errorf("back at %s with %+v", v.URL, v.Fields)
	}
	t.press("Echo")
	t.press("Form")
	t.back()
	t.back()
	v, err := t.v.Back(t.ctx)
	t.note("back beyond the first", v, err, false)
	if !errors.Is(err, web.ErrNoPageBefore) {
		t.Errorf("back beyond the first page: %v", err)
	}
	t.press("Form again")
	t.press("303")
	if v := t.back(); v.URL != t.site.Here+"/form" {
		t.Errorf("back from a redirected POST at %s", v.URL)
	}
}

func secretHistory(t *trip) {
	t.open("/secret")
	t.act(web.Act{Fill: []web.Fill{{Label: "Word", Value: "typed"}, {Label: "Password", Value: "p"}, {Label: "One-time code", Value: "1"}, {Label: "Area", Value: "x"}, {Label: "List", Value: "Two"}}, Tick: []string{"Tick"}, Press: "Echo"})
	if v := t.back(); v.URL != t.site.Here+"/secret" {
		t.Errorf("back at %s", v.URL)
	}
}

func fragmentHistory(t *trip) {
	t.open("/links")
	t.press("Below")
	t.press("Echo")
	if v := t.back(); v.URL != t.site.Here+"/links#below" {
		t.Errorf("back at %s", v.URL)
	}
	if v := t.back(); v.URL != t.site.Here+"/links" {
		t.Errorf("back at %s", v.URL)
	}
	t.open("/links#below")
	t.open("/links")
	t.press("Top")
	t.press("Below")
	t.press("Below")
	t.back()
}

func reloads(t *trip) {
	t.open("/form")
	t.act(web.Act{Fill: []web.Fill{{Label: "Word", Value: "again"}}, Press: "Post"})
	t.has(t.reload(), `entry word="again"`)
	t.press("Form")
	if v := t.reload(); v.URL != t.site.Here+"/form" {
		t.Errorf("reloaded %s", v.URL)
	}
	t.open("/gone")
	t.reload()
}

func resources(t *trip) {
	t.open("/cookie")
	body, kind, err := t.v.Fetch(t.ctx, "mine.txt")
	if err != nil || string(body) != "cookies plain=1 quoted=a b shared=3" || kind != "text/plain; charset=utf-8" {
		t.Errorf("fetch: %q, %q, %v", body, kind, err)
	}
	body, kind, err = t.v.Fetch(t.ctx, t.site.Here+"/dot.png")
	if err != nil || !bytes.Equal(body, Dot()) || kind != "image/png" {
		t.Errorf("fetch: %d bytes, %q, %v", len(body), kind, err)
	}
	body, kind, err = t.v.Fetch(t.ctx, "data:image/png;base64,"+dot)
	if err != nil || !bytes.Equal(body, Dot()) || kind != "image/png" {
		t.Errorf("fetch: %d bytes, %q, %v", len(body), kind, err)
	}
	if _, _, err = t.v.Fetch(t.ctx, "/go/302?to=/dot.png"); err != nil {
		t.Errorf("fetch through a redirect: %v", err)
	}
	var status *web.StatusError
	if _, _, err = t.v.Fetch(t.ctx, "/gone"); !errors.As(err, &status) || status.Status != 404 {
		t.Errorf("fetch of what is gone: %v", err)
	}
}

func document(t *trip) {
	t.open("/form")
	t.act(web.Act{Fill: []web.Fill{{Label: "Word", Value: "shown"}, {Label: "Password", Value: "never-shown"}}})
	text, err := t.v.HTML(t.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, `value="shown"`) || strings.Contains(text, "never-shown") || !strings.Contains(text, web.Mask) {
		t.Errorf("the document is %s", text)
	}
	t.has(t.press("Post"), `entry password="never-shown"`)
	if shot, err := t.v.Screenshot(t.ctx); errors.Is(err, web.ErrNoPicture) {
		if shot != nil {
			t.Error("a picture in spite of the error")
		}
	} else if err != nil || !bytes.HasPrefix(shot, []byte("\x89PNG")) {
		t.Errorf("screenshot: %d bytes, %v", len(shot), err)
	}
}

func beforeFirst(t *trip) {
	if t.v.View() != nil {
		t.Error("a view before the first page")
	}
	v, err := t.v.Act(t.ctx, web.Act{Press: "x"})
	t.note("act", v, err, false)
	if !errors.Is(err, web.ErrNoPage) {
		t.Errorf("act: %v", err)
	}
	if v, err = t.v.Back(t.ctx); err == nil {
		t.Errorf("back: %v", v)
	}
	t.note("back", v, err, false)
	v, err = t.v.Reload(t.ctx)
	t.note("reload", v, err, false)
	if !errors.Is(err, web.ErrNoPage) {
		t.Errorf("reload: %v", err)
	}
	if _, _, err = t.v.Fetch(t.ctx, "/dot.png"); !errors.Is(err, web.ErrNoPage) {
		t.Errorf("fetch: %v", err)
	}
}
