package phone

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/page"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
)

// pageRoutes are the phones to look at. Forms post to their own page, with what
// to do in the field "do", and lead back to it.
func (e *Exchange) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", e.allPage)
	mux.HandleFunc("GET /open", e.openPage)
	mux.HandleFunc("GET /numbers/{number}", func(w http.ResponseWriter, r *http.Request) { e.numberPage(w, r, nil) })
	mux.HandleFunc("POST /numbers/{number}", e.numberForm)
	mux.HandleFunc("GET /apps/{owner}", func(w http.ResponseWriter, r *http.Request) { e.appPage(w, r, nil) })
	mux.HandleFunc("POST /apps/{owner}", e.appForm)
}

const surface = "Phones"

func home() page.Links {
	return page.Links{Items: []page.Link{{Label: "All phones", URL: "/"}}}
}

func numberURL(digits string) string { return "/numbers/" + digits }

func appURL(owner string) string { return "/apps/" + url.PathEscape(owner) }

// writeProblem shows a page that is nothing but an error.
func writeProblem(w http.ResponseWriter, err error) {
	p := asProblem(err)
	page.Write(w, p.status, page.Page{Surface: surface, Heading: "No such phone", Alert: p.message, Parts: []page.Part{home()}})
}

func (e *Exchange) allPage(w http.ResponseWriter, _ *http.Request) { e.writeAll(w, "", nil) }

func (e *Exchange) writeAll(w http.ResponseWriter, typed string, wrong error) {
	status, message := http.StatusOK, ""
	if wrong != nil {
		status, message = asProblem(wrong).status, asProblem(wrong).message
	}
	e.mu.Lock()
	numbers, apps := e.numbersTable(), e.appsTable()
	e.mu.Unlock()
	page.Write(w, status, page.Page{Surface: surface, Heading: "Phones", Wide: true, Parts: []page.Part{
		page.Form{Method: "get", Action: "/open", Inline: true, Label: "Open a phone",
			Controls: []page.Part{page.Input{Name: "which", Label: "Number, or owner of an app", Value: typed, Error: message}},
			Buttons:  []page.Button{{Label: "Open"}}},
		numbers, apps,
	}})
}

// numbersTable and appsTable want mu held.
func (e *Exchange) numbersTable() page.Table {
	table := page.Table{Caption: "Numbers", Head: []string{"Number", "Texts", "Calls", "State"}, Empty: "Nothing has come to any number."}
	for _, digits := range slices.Sorted(maps.Keys(e.state.phones)) {
		h := e.state.phones[digits]
		table.Rows = append(table.Rows, []page.Cell{{Text: display(digits), URL: numberURL(digits)},
			{Text: fmt.Sprint(len(h.texts))}, {Text: fmt.Sprint(len(h.calls))}, {Text: onOff(h.out)}})
	}
	return table
}

func (e *Exchange) appsTable() page.Table {
	table := page.Table{Caption: "Authenticator apps", Head: []string{"Owner", "Accounts", "Notifications", "State"}, Empty: "Nobody has enrolled an app."}
	for _, name := range slices.Sorted(maps.Keys(e.state.apps)) {
		a := e.state.apps[name]
		table.Rows = append(table.Rows, []page.Cell{{Text: name, URL: appURL(name)},
			{Text: fmt.Sprint(len(a.accounts))}, {Text: fmt.Sprint(len(a.shownPushes()))}, {Text: onOff(a.out)}})
	}
	return table
}

func onOff(out hand.OutMode) string {
	if out == "" {
		return "on"
	}
	return "off"
}

// openPage leads to the phone or app that was asked for. What has a letter in
// it is an owner.
func (e *Exchange) openPage(w http.ResponseWriter, r *http.Request) {
	which := strings.TrimSpace(r.URL.Query().Get("which"))
	if strings.IndexFunc(which, func(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }) >= 0 {
		http.Redirect(w, r, appURL(ownerName(which)), http.StatusSeeOther)
		return
	}
	digits, err := e.parseNumber(which)
	if err != nil {
		e.writeAll(w, which, err)
		return
	}
	http.Redirect(w, r, numberURL(digits), http.StatusSeeOther)
}

func (e *Exchange) numberPage(w http.ResponseWriter, r *http.Request, wrong error) {
	digits, err := e.parseNumber(r.PathValue("number"))
	if err != nil {
		writeProblem(w, err)
		return
	}
	e.mu.Lock()
	h := e.phone(digits)
	texts, calls, habit, out := newestFirst(h.texts), newestFirst(e.shownCalls(digits)), h.habit, h.out
	e.mu.Unlock()
	p := page.Page{Surface: surface, Heading: display(digits), Wide: true,
		Parts: []page.Part{home(), textsTable(texts), callsTable(calls), habitForm(habit)}}
	if out != "" {
		p.Notice = "This phone is switched off."
	}
	writeWith(w, p, wrong)
}

// writeWith writes p, with what is wrong, if anything is.
func writeWith(w http.ResponseWriter, p page.Page, wrong error) {
	status := http.StatusOK
	if wrong != nil {
		status, p.Alert = asProblem(wrong).status, asProblem(wrong).message
	}
	page.Write(w, status, p)
}

func textsTable(texts []hand.Text) page.Table {
	table := page.Table{Caption: "Texts", Head: []string{"From", "Text", "Received"}, Empty: "No text has come in."}
	for _, t := range texts {
		table.Rows = append(table.Rows, []page.Cell{{Text: t.From}, {Text: t.Text, Secret: true}, {Text: moment(t.At)}})
	}
	return table
}

func moment(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

func callsTable(calls []hand.Call) page.Table {
	table := page.Table{Caption: "Calls", Head: []string{"From", "State", "What is said", "Rang", "Act"}, Empty: "Nobody has called."}
	for _, c := range calls {
		act := page.Cell{}
		if !c.Over {
			act.Form = callForm(c)
		}
		table.Rows = append(table.Rows, []page.Cell{{Text: c.From}, {Text: string(c.State)}, {Text: c.Speech}, {Text: moment(c.At)}, act})
	}
	return table
}

func callForm(c hand.Call) *page.Form {
	buttons := []page.Button{{Label: "Answer", Name: "do", Value: "answer"}, {Label: "Decline", Name: "do", Value: "decline", Quiet: true}}
	if c.State == hand.Answered {
		buttons = []page.Button{{Label: "Press #", Name: "do", Value: "press"}, {Label: "Hang up", Name: "do", Value: "decline", Quiet: true}}
	}
	return &page.Form{Inline: true, Label: "Call from " + c.From, Hidden: []page.Hidden{{Name: "call", Value: c.ID}}, Buttons: buttons}
}

func habitForm(habit hand.CallHabit) page.Form {
	labels := []struct {
		habit hand.CallHabit
		label string
	}{{hand.Ring, "Let it ring"}, {hand.Confirm, "Answer and press #"}, {hand.Decline, "Decline"}}
	choices := page.Select{Name: "calls", Label: "When a call comes"}
	for _, l := range labels {
		choices.Options = append(choices.Options, page.Option{Value: string(l.habit), Label: l.label, Chosen: l.habit == habit})
	}
	return page.Form{Inline: true, Label: "Standing instruction", Controls: []page.Part{choices},
		Buttons: []page.Button{{Label: "Save", Name: "do", Value: "habit", Quiet: true}}}
}

func (e *Exchange) numberForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if err := r.ParseForm(); err != nil {
		e.numberPage(w, r, readProblem(err))
		return
	}
	if err := e.doToNumber(r); err != nil {
		e.numberPage(w, r, err)
		return
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
}

func (e *Exchange) doToNumber(r *http.Request) error {
	var err error
	switch id := r.PostForm.Get("call"); r.PostForm.Get("do") {
	case "answer":
		_, err = e.withCall(r, id, func(c *call) error { return e.answer(c, "") })
	case "press":
		_, err = e.withCall(r, id, func(c *call) error { return e.answer(c, "#") })
	case "decline":
		_, err = e.withCall(r, id, e.decline)
	case "habit":
		_, err = e.instruct(r.PathValue("number"), hand.CallHabit(r.PostForm.Get("calls")))
	default:
		err = badRequest("a form of this page says what to do, and this one says %q", r.PostForm.Get("do"))
	}
	return err
}
