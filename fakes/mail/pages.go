package mail

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mailhog/data"

	"github.com/ssprlab/ssprlab/fakes/mail/mailbox"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// perPage is how many mails one page of the list shows.
const perPage = 100

// htmlSecurity locks the HTML of a mail up: no scripts, no forms, no origin,
// and nothing loaded from anywhere, tracking pictures included.
const htmlSecurity = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'"

func (c *Catcher) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", c.listPage)
	mux.HandleFunc("GET /mail/{id}", c.mailPage)
	mux.HandleFunc("GET /mail/{id}/html", c.mailHTML)
}

func (c *Catcher) listPage(w http.ResponseWriter, r *http.Request) {
	start, err := number(r, "start", 0)
	if err != nil {
		missing(w, http.StatusBadRequest, err.Error())
		return
	}
	all := c.store.list(func(*data.Message) bool { return true })
	table := page.Table{Caption: count(len(all)), Head: []string{"Subject", "From", "To", "Received"}, Empty: "No mail has come in."}
	for _, m := range slice(all, start, perPage) {
		d := mailbox.Decode(*m)
		table.Rows = append(table.Rows, []page.Cell{
			{Text: orText(d.Subject, "(no subject)"), URL: address(d)},
			{Text: d.From.Name + " <" + d.From.Address + ">"},
			{Text: strings.Join(d.Recipients, ", ")},
			{Text: d.Received.Format("2006-01-02 15:04:05")},
		})
	}
	p := page.Page{Surface: "Mail", Heading: "Mails", Wide: true, Parts: []page.Part{table}}
	if links := neighbours(start, len(all)); len(links) > 0 {
		p.Parts = append(p.Parts, page.Links{Label: "More mails", Items: links})
	}
	page.Write(w, http.StatusOK, p)
}

func count(n int) string {
	if n == 1 {
		return "1 mail"
	}
	return fmt.Sprintf("%d mails, newest first", n)
}

func neighbours(start, total int) []page.Link {
	var links []page.Link
	if start > 0 {
		links = append(links, page.Link{Label: "Newer mails", URL: fmt.Sprintf("/?start=%d", max(0, start-perPage))})
	}
	if start+perPage < total {
		links = append(links, page.Link{Label: "Older mails", URL: fmt.Sprintf("/?start=%d", start+perPage)})
	}
	return links
}

func address(m mailbox.Message) string { return "/mail/" + url.PathEscape(m.ID) }

func orText(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}

func missing(w http.ResponseWriter, status int, what string) {
	page.Write(w, status, page.Page{Surface: "Mail", Heading: "No such mail", Alert: what,
		Parts: []page.Part{page.Links{Items: []page.Link{{Label: "All mails", URL: "/"}}}}})
}

func (c *Catcher) mailPage(w http.ResponseWriter, r *http.Request) {
	m, ok := c.store.get(r.PathValue("id"))
	if !ok {
		missing(w, http.StatusNotFound, "There is no mail of this id. It may have been deleted.")
		return
	}
	d := mailbox.Decode(*m)
	p := page.Page{Surface: "Mail", Heading: orText(d.Subject, "(no subject)"), Wide: true, Parts: []page.Part{
		page.Links{Items: []page.Link{
			{Label: "All mails", URL: "/"},
			{Label: "Download", URL: "/api/v1/messages/" + url.PathEscape(d.ID) + "/download"},
		}},
		page.List{Items: envelope(d)},
	}}
	if d.HTML != "" {
		p.Parts = append(p.Parts, page.Frame{URL: address(d) + "/html", Title: "The mail as it looks", Secret: true})
	}
	if d.Text != "" {
		p.Parts = append(p.Parts, page.Text{Heading: "Text", Paragraphs: strings.Split(d.Text, "\n\n"), Secret: true})
	}
	p.Parts = append(p.Parts, page.Disclosure{Summary: "All header fields", Parts: []page.Part{page.List{Items: fields(m)}}})
	page.Write(w, http.StatusOK, p)
}

func envelope(m mailbox.Message) []page.Term {
	var to []string
	for _, a := range m.To {
		to = append(to, strings.TrimSpace(a.Name+" <"+a.Address+">"))
	}
	terms := []page.Term{
		{Term: "From", Value: strings.TrimSpace(m.From.Name + " <" + m.From.Address + ">")},
		{Term: "To", Value: strings.Join(to, ", ")},
		{Term: "Delivered to", Value: strings.Join(m.Recipients, ", ")},
		{Term: "Received", Value: m.Received.Format("Monday, 2 January 2006, 15:04:05 MST")},
	}
	for _, a := range m.Attachments {
		terms = append(terms, page.Term{Term: "Attached", Value: fmt.Sprintf("%s (%s, %d bytes)", orText(a.Name, "unnamed"), a.MediaType, len(a.Content))})
	}
	return terms
}

func fields(m *data.Message) []page.Term {
	var terms []page.Term
	for _, name := range slices.Sorted(maps.Keys(m.Content.Headers)) {
		for _, value := range m.Content.Headers[name] {
			terms = append(terms, page.Term{Term: name, Value: value})
		}
	}
	return terms
}

func (c *Catcher) mailHTML(w http.ResponseWriter, r *http.Request) {
	m, ok := c.store.get(r.PathValue("id"))
	if !ok {
		missing(w, http.StatusNotFound, "There is no mail of this id. It may have been deleted.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", htmlSecurity)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	io.WriteString(w, mailbox.Decode(*m).SelfContained())
}
