package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func render(t *testing.T, p Page) string {
	t.Helper()
	w := httptest.NewRecorder()
	Write(w, http.StatusOK, p)
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestEveryPartIsRendered(t *testing.T) {
	body := render(t, Page{Heading: "Who are you?", Surface: "Password reset", Brand: "Alder", Alert: "a1", Notice: "n1",
		Nav: []Link{{Label: "Here", URL: "/here", Current: true}}, Lead: []string{"lead"}, SupportCode: "c0de", Convention: "ours",
		Parts: []Part{
			Form{Hidden: []Hidden{{"h", "v"}}, Controls: []Part{
				Input{Name: "user", Label: "User name", Error: "Enter it.", Hint: "like a mail address"},
				Input{Name: "text", Label: "Text", Multiline: true, Value: "two\nlines"},
				Choices{Name: "why", Legend: "Why?", Options: []Option{{Value: "1", Label: "Forgot", Chosen: true}, {Value: "2", Label: "Locked", Disabled: true, Hint: "not now"}}},
				Select{Name: "cc", Label: "Country", Options: []Option{{Value: "1", Label: "One", Chosen: true}}},
			}, Buttons: []Button{{Label: "Next"}, {Label: "Cancel", Quiet: true, Name: "cancel", Value: "1"}, {Label: "Go", ID: "go", Input: true}}},
			Table{Caption: "People", Head: []string{"Name"}, Rows: [][]Cell{{{Text: "Adele", URL: "/adele"}}}},
			Table{Caption: "None", Head: []string{"Name"}},
			List{Items: []Term{{Term: "Term", Value: "Value"}}}, Links{Items: []Link{{Label: "Out", URL: "https://x.test/", NewTab: true}}},
			Text{Heading: "H", Paragraphs: []string{"P"}}, Picture{URL: "/p.png", Alt: "A picture"}, Listen{URL: "/a.wav", Label: "Hear it"},
			Disclosure{Summary: "More", Parts: []Part{Text{Paragraphs: []string{"hidden"}}}}, Frame{URL: "/f", Title: "Frame"},
		}})
	for _, want := range []string{`<h1>Who are you?</h1>`, `role="alert">a1`, `role="status">n1`, `aria-current="page"`,
		`aria-describedby="user-error user-hint"`, `id="user-error">Enter it.`, `<legend>Why?</legend>`, `value="1" checked`,
		`value="2" disabled`, `<option value="1" selected>One`, `<button type="submit">Next</button>`, `name="cancel" value="1"`,
		`<input type="submit" id="go" value="Go">`, `<a href="/adele">Adele</a>`, `Nothing here yet.`, `<dt>Term</dt>`, `target="_blank"`,
		`<img src="/p.png"`, `<audio`, `<summary>More</summary>`, `<iframe sandbox`, `c0de`, `two
lines</textarea>`, "novalidate"} {
		if !strings.Contains(body, want) {
			t.Errorf("page lacks %s", want)
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	body := render(t, Page{Heading: `<script>alert(1)</script>`, Parts: []Part{Form{Controls: []Part{Input{Name: "u", Label: "U", Value: `"><b>`}}}}})
	if strings.Contains(body, "<script>") || strings.Contains(body, `"><b>`) {
		t.Error("page carries markup from its data")
	}
}

func TestAPageLoadsNothingFromElsewhere(t *testing.T) {
	w := httptest.NewRecorder()
	Write(w, http.StatusForbidden, Page{Heading: "No"})
	if w.Code != http.StatusForbidden || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("status %d, policy %q", w.Code, w.Header().Get("Content-Security-Policy"))
	}
}

func BenchmarkWrite(b *testing.B) {
	p := Page{Heading: "Who are you?", Parts: []Part{Form{Controls: []Part{Input{Name: "user", Label: "User name"}}, Buttons: []Button{{Label: "Next"}}}}}
	for b.Loop() {
		Write(httptest.NewRecorder(), 200, p)
	}
}
