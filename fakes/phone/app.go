package phone

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

// account is an account in an app, with what the app keeps to itself.
type account struct {
	hand.Account
	secret []byte
	device string // where notifications are sent to, if any
}

// push is a notification with the number that must be typed.
type push struct {
	hand.Push
	expected hand.Number
}

// appRoutes are what people do with their authenticator app.
func (e *Exchange) appRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /apps/{owner}/scan", answers(http.StatusCreated, e.scan))
	mux.HandleFunc("GET /apps/{owner}/accounts", answers(http.StatusOK, e.listAccounts))
	mux.HandleFunc("GET /apps/{owner}/accounts/{id}/code", answers(http.StatusOK, e.accountCode))
	mux.HandleFunc("DELETE /apps/{owner}/accounts/{id}", does(e.deleteAccount))
	mux.HandleFunc("GET /apps/{owner}/pushes", answers(http.StatusOK, e.listPushes))
	mux.HandleFunc("GET /apps/{owner}/pushes/pending", answers(http.StatusOK, e.pendingPush))
	mux.HandleFunc("POST /apps/{owner}/pushes/{id}/approve", answers(http.StatusOK, e.approvePush))
	mux.HandleFunc("POST /apps/{owner}/pushes/{id}/deny", answers(http.StatusOK, e.denyPush))
}

// owner reads whose app the path names: any word, as a user principal name.
func owner(r *http.Request) (string, error) {
	name := ownerName(r.PathValue("owner"))
	if name == "" || len(name) > 128 {
		return "", badRequest("the owner of an app is named by 1 to 128 bytes, and not by %d", len(name))
	}
	return name, nil
}

// ownerName makes names comparable: letter case does not matter.
func ownerName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func (e *Exchange) listAccounts(r *http.Request) ([]hand.Account, error) {
	name, err := owner(r)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	accounts := []hand.Account{}
	for _, a := range e.app(name).accounts {
		accounts = append(accounts, a.Account)
	}
	return accounts, nil
}

// find returns the account of that id, or -1. Call it with mu held.
func (a *app) find(id string) int {
	return slices.IndexFunc(a.accounts, func(acc *account) bool { return acc.ID == id })
}

func (e *Exchange) accountCode(r *http.Request) (hand.Code, error) {
	name, err := owner(r)
	if err != nil {
		return hand.Code{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.app(name)
	i := a.find(r.PathValue("id"))
	if i < 0 {
		return hand.Code{}, unknown("account " + r.PathValue("id") + " in the app of " + name)
	}
	return a.accounts[i].code(e.config.Clock.Now()), nil
}

func (a *account) code(now time.Time) hand.Code {
	left := totp.Left(now)
	return hand.Code{Code: totp.Code(a.secret, now), ValidFor: int((left + time.Second - 1) / time.Second)}
}

func (e *Exchange) deleteAccount(r *http.Request) error {
	name, err := owner(r)
	if err != nil {
		return err
	}
	return e.change(func() error { return e.removeAccount(name, r.PathValue("id")) })
}

// removeAccount wants mu held.
func (e *Exchange) removeAccount(name, id string) error {
	a := e.app(name)
	i := a.find(id)
	if i < 0 {
		return unknown("account " + id + " in the app of " + name)
	}
	a.accounts = slices.Delete(a.accounts, i, i+1)
	return nil
}

// notify puts p into the app that device names. Call it with mu held.
func (e *Exchange) notify(device string, p *push) error {
	for name, a := range e.state.apps {
		for _, acc := range a.accounts {
			if acc.device == "" || acc.device != device {
				continue
			}
			if a.out == hand.Fail {
				return unreachable("the app of " + name)
			}
			p.Account = acc.ID
			a.pushes = append(a.pushes, p)
			e.state.pushes[p.ID] = p
			return nil
		}
	}
	return unknown("app with this device token")
}

// shownPushes returns what the owner sees, oldest first: nothing that came to
// an app that is switched off. Call it with mu held.
func (a *app) shownPushes() []hand.Push {
	pushes := []hand.Push{}
	if a.out != "" {
		return pushes
	}
	for _, p := range a.pushes {
		pushes = append(pushes, p.Push)
	}
	return pushes
}

func (e *Exchange) listPushes(r *http.Request) ([]hand.Push, error) {
	name, err := owner(r)
	if err != nil {
		return nil, err
	}
	if r.URL.Query().Has("wait") {
		if _, err := e.pendingPush(r); err != nil {
			return nil, err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return newestFirst(e.app(name).shownPushes()), nil
}

func (e *Exchange) pendingPush(r *http.Request) (hand.Push, error) {
	var found hand.Push
	name, err := owner(r)
	if err != nil {
		return found, err
	}
	err = e.awaited(r, "pending notification in the app of "+name, func() bool {
		for _, p := range slices.Backward(e.app(name).shownPushes()) {
			if p.State == hand.Pending {
				found = p
				return true
			}
		}
		return false
	})
	return found, err
}

func (e *Exchange) approvePush(r *http.Request) (hand.Push, error) {
	request, err := read[hand.ApproveRequest](r)
	if err != nil {
		return hand.Push{}, err
	}
	return e.withPush(r, r.PathValue("id"), func(p *push) error { return p.approve(request.Number) })
}

func (e *Exchange) denyPush(r *http.Request) (hand.Push, error) {
	return e.withPush(r, r.PathValue("id"), (*push).deny)
}

func (p *push) deny() error {
	p.State = hand.Denied
	return nil
}

// approve compares the typed number with the expected one (R-REG-44).
func (p *push) approve(typed hand.Number) error {
	switch {
	case p.expected == "":
		p.State = hand.Approved
	case typed == "":
		return badRequest("notification %s wants the number that the person is shown", p.ID)
	case p.expected.Equal(typed):
		p.State = hand.Approved
	default:
		p.State = hand.WrongNumber
	}
	return nil
}

// withPush does act to a pending notification of the app that the path names.
func (e *Exchange) withPush(r *http.Request, id string, act func(*push) error) (hand.Push, error) {
	name, err := owner(r)
	if err != nil {
		return hand.Push{}, err
	}
	var shown hand.Push
	err = e.change(func() error {
		p, err := e.app(name).pending(id, name)
		if err != nil {
			return err
		}
		if err := act(p); err != nil {
			return err
		}
		shown = p.Push
		return nil
	})
	return shown, err
}

// pending returns the notification of that id, if it can be acted on. Call it
// with mu held.
func (a *app) pending(id, name string) (*push, error) {
	i := slices.IndexFunc(a.pushes, func(p *push) bool { return p.ID == id })
	switch {
	case i < 0 || a.out != "":
		return nil, unknown("notification " + id + " in the app of " + name)
	case a.pushes[i].State != hand.Pending:
		return nil, conflict("pushOver", "notification "+id+" is over, it was "+string(a.pushes[i].State))
	}
	return a.pushes[i], nil
}
