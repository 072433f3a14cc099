package phone

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ssprlab/ssprlab/fakes/page"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
)

func (e *Exchange) appPage(w http.ResponseWriter, r *http.Request, wrong error) {
	name, err := owner(r)
	if err != nil {
		writeProblem(w, err)
		return
	}
	e.mu.Lock()
	a := e.app(name)
	accounts, pushes, out := a.accountsTable(e.config.Clock.Now()), pushesTable(newestFirst(a.shownPushes())), a.out
	e.mu.Unlock()
	p := page.Page{Surface: surface, Heading: "Authenticator app of " + name, Wide: true,
		Parts: []page.Part{home(), pushes, accounts,
			page.Text{Heading: "Scan a QR code"}, pictureForm(), page.Text{Heading: "Type a key"}, keyForm(r)}}
	if out != "" {
		p.Notice = "This phone is switched off."
	}
	writeWith(w, p, wrong)
}

// accountsTable wants the exchange's lock. The codes are shown: this is the
// screen that a person would read them from.
func (a *app) accountsTable(now time.Time) page.Table {
	table := page.Table{Caption: "Accounts", Head: []string{"Account", "Issuer", "Code", "Changes in", "Notifications", "Act"}, Empty: "No account is enrolled."}
	for _, acc := range a.accounts {
		code := acc.code(now)
		table.Rows = append(table.Rows, []page.Cell{
			{Text: acc.Account.Account}, {Text: acc.Issuer}, {Text: code.Code[:3] + " " + code.Code[3:], Secret: true},
			{Text: fmt.Sprintf("%d s", code.ValidFor)}, {Text: yesNo(acc.Push)},
			{Form: &page.Form{Inline: true, Label: "Account " + acc.Account.Account, Hidden: []page.Hidden{{Name: "account", Value: acc.ID}},
				Buttons: []page.Button{{Label: "Delete", Name: "do", Value: "delete", Quiet: true}}}},
		})
	}
	return table
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func pushesTable(pushes []hand.Push) page.Table {
	table := page.Table{Caption: "Notifications", Head: []string{"What", "State", "Received", "Act"}, Empty: "No notification has come in."}
	for _, p := range pushes {
		act := page.Cell{}
		if p.State == hand.Pending {
			act.Form = pushForm(p)
		}
		table.Rows = append(table.Rows, []page.Cell{{Text: p.Title}, {Text: string(p.State)}, {Text: moment(p.At)}, act})
	}
	return table
}

func pushForm(p hand.Push) *page.Form {
	form := &page.Form{Inline: true, Label: p.Title, Hidden: []page.Hidden{{Name: "push", Value: p.ID}}, Buttons: []page.Button{
		{Label: "Approve", Name: "do", Value: "approve"}, {Label: "Deny", Name: "do", Value: "deny", Quiet: true}}}
	if p.WantsNumber {
		form.Controls = []page.Part{page.Input{Name: "number", ID: "number-" + p.ID, Label: "Number shown to you", Mode: "numeric", Complete: "off"}}
	}
	return form
}

func pictureForm() page.Form {
	return page.Form{Upload: true, Label: "Scan a QR code",
		Controls: []page.Part{page.Input{Name: "picture", Label: "Picture of the QR code", Type: "file", Accept: "image/png,image/jpeg"}},
		Buttons:  []page.Button{{Label: "Scan", Name: "do", Value: "scan"}}}
}

// keyForm keeps the names that were typed, never the key.
func keyForm(r *http.Request) page.Form {
	return page.Form{Label: "Type a key", Controls: []page.Part{
		page.Input{Name: "key", Label: "Key, or the address in the QR code", Complete: "off",
			Hint: "An address starts with otpauth: or phonefactor: and needs nothing else."},
		page.Input{Name: "account", Label: "Account", Value: r.PostForm.Get("account"), Complete: "off"},
		page.Input{Name: "issuer", Label: "Issuer", Value: r.PostForm.Get("issuer"), Complete: "off"},
	}, Buttons: []page.Button{{Label: "Add", Name: "do", Value: "key"}}}
}

func (e *Exchange) appForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxPicture+maxRequest)
	err := r.ParseMultipartForm(maxPicture + maxRequest) // all in memory
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		e.appPage(w, r, readProblem(err))
		return
	}
	name, err := owner(r)
	if err == nil {
		err = e.doToApp(r, name)
	}
	if err != nil {
		e.appPage(w, r, err)
		return
	}
	http.Redirect(w, r, appURL(name), http.StatusSeeOther)
}

func (e *Exchange) doToApp(r *http.Request, name string) error {
	var err error
	switch id := r.PostForm.Get("push"); r.PostForm.Get("do") {
	case "approve":
		var typed hand.Number
		if typed, err = hand.ParseNumber(r.PostForm.Get("number")); err != nil {
			return badRequest("%v", err)
		}
		_, err = e.withPush(r, id, func(p *push) error { return p.approve(typed) })
	case "deny":
		_, err = e.withPush(r, id, (*push).deny)
	case "delete":
		err = e.change(func() error { return e.removeAccount(name, r.PostForm.Get("account")) })
	case "key":
		_, err = e.enrol(r.Context(), name, keyRequest(r))
	case "scan":
		err = e.scanUpload(r, name)
	default:
		err = badRequest("a form of this page says what to do, and this one says %q", r.PostForm.Get("do"))
	}
	return err
}

// keyRequest takes an address in the place of a key for what it is.
func keyRequest(r *http.Request) hand.ScanRequest {
	key := r.PostForm.Get("key")
	if isAddress(key) {
		return hand.ScanRequest{URI: key}
	}
	return hand.ScanRequest{Key: key, Account: r.PostForm.Get("account"), Issuer: r.PostForm.Get("issuer")}
}

func (e *Exchange) scanUpload(r *http.Request, name string) error {
	file, _, err := r.FormFile("picture")
	if err != nil {
		return badRequest("choose a picture of the QR code first")
	}
	defer file.Close()
	picture, err := io.ReadAll(io.LimitReader(file, maxPicture))
	if err != nil {
		return readProblem(err)
	}
	_, err = e.enrolPicture(r.Context(), name, picture)
	return err
}
