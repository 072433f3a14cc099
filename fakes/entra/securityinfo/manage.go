package securityinfo

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/proof"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// own returns the browser's registration session of u, begun if need be.
func (s *Site) own(w http.ResponseWriter, r *http.Request, u entra.User) *session {
	if x := s.visits.Find(r); x != nil && x.user == u.ID && !s.over(x) {
		return x
	}
	x := &session{user: u.ID, started: s.tenant.Now()}
	s.visits.Begin(w, r, x)
	return x
}

// mfaCapable reports whether u holds a method that counts as second factor
// (R-REG-40): an app or a phone, as registered.
func mfaCapable(u entra.User) bool { return len(u.Security.Apps) > 0 || u.Security.Phone != "" }

// manage is the Security info page (R-REG-01). Who holds a second factor shows
// it first (R-REG-53); who is out of scope or unlicensed is refused (R-REG-05).
func (s *Site) manage(w http.ResponseWriter, r *http.Request, u entra.User) {
	x := s.own(w, r, u)
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case !s.mayRegister(u):
		s.guard.Write(w, http.StatusOK, u, page.Page{Heading: "You can't register here", Alert: "Your administrator has not enabled you for this feature."})
	case mfaCapable(u) && !x.proven:
		s.askProof(w, r, x, u, "")
	default:
		s.overview(w, x, u, "")
	}
}

func (s *Site) mayRegister(u entra.User) bool {
	if u.Admin() {
		return true
	}
	v := s.tenant.Decide(u)
	return s.tenant.Combined(u) && !slices.Contains([]entra.Reason{entra.TurnedOff, entra.NoPolicy, entra.OutOfScope, entra.GuestAccount, entra.Unlicensed}, v.Reason)
}

// mayManage reports whether u may change anything here (R-REG-05, R-REG-53).
func (s *Site) mayManage(x *session, u entra.User) bool {
	return s.mayRegister(u) && (x.proven || !mfaCapable(u))
}

// factor is the option by which u shows a second factor: the app's code if
// there is an app, else a text.
func factor(u entra.User) entra.Option {
	if len(u.Security.Apps) > 0 {
		return entra.TypeAppCode
	}
	return entra.TextMobile
}

func (s *Site) askProof(w http.ResponseWriter, r *http.Request, x *session, u entra.User, problem string) {
	lead, convention := "Enter the code displayed in your authenticator app.", "A code serves once (R-GAP-43)."
	if factor(u) == entra.TextMobile {
		lead, convention = "We texted a code to "+entra.MaskPhone(u.Security.Phone)+". Enter it.", conventionOfCodes
		if x.challenge == nil {
			c, err := s.prover.Send(r.Context(), u, entra.TextMobile, u.Security.Phone)
			if err != nil {
				s.tenant.Log().Warn("second factor not sent", "error", err)
				problem = "We couldn't text you a code. Load the page again."
			}
			x.challenge = c
		}
	}
	form := page.Form{Action: "/security-info/proof", Controls: []page.Part{page.Input{Name: "code", Label: "Code", Mode: "numeric", Complete: "one-time-code", Error: problem}}, Buttons: []page.Button{{Label: "Verify"}}}
	p := page.Page{Heading: "Verify your identity", Lead: []string{lead}, Convention: convention}
	if !x.interrupt {
		p.Parts = []page.Part{form}
		s.guard.Write(w, http.StatusOK, u, p)
		return
	}
	form.Action = "/register/proof"
	p.Parts = []page.Part{form}
	if !x.review { // R-REG-21
		p.Parts = append(p.Parts, page.Form{Action: "/register/skip", Label: "Leave", Buttons: []page.Button{{Label: "Skip setup", Quiet: true}}})
	}
	s.write(w, u, p)
}

// conventionOfCodes is what the product leaves open about codes.
const conventionOfCodes = "Codes have six digits; the newest counts, once, and after five wrong tries not at all (R-GAP-40, R-GAP-43, R-GAP-44)."

// showInterruptProof and takeInterruptProof ask for the second factor when it is
// a sign-in that is interrupted.
func (s *Site) showInterruptProof(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	if !x.interrupt || x.proven || !mfaCapable(u) {
		visit.Go(w, r, x.first())
		return
	}
	s.askProof(w, r, x, u, "")
}

func (s *Site) takeInterruptProof(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	if !x.interrupt || x.proven || !mfaCapable(u) {
		visit.Go(w, r, x.first())
		return
	}
	s.checkProof(w, r, x, u, x.first())
}

func (s *Site) takeProof(w http.ResponseWriter, r *http.Request, u entra.User) {
	x := s.own(w, r, u)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.proven || !mfaCapable(u) || !s.mayRegister(u) {
		visit.Go(w, r, "/security-info")
		return
	}
	s.checkProof(w, r, x, u, "/security-info")
}

// checkProof takes the second factor and goes on, under a new cookie.
func (s *Site) checkProof(w http.ResponseWriter, r *http.Request, x *session, u entra.User, onwards string) {
	var answer proof.Answer
	if factor(u) == entra.TypeAppCode {
		answer = s.prover.CheckAppCode(u, r.PostForm.Get("code"))
	} else if x.challenge != nil {
		answer, _ = s.prover.Check(r.Context(), u, x.challenge, r.PostForm.Get("code"))
	}
	switch answer {
	case proof.Passed:
		x.proven, x.challenge = true, nil
		s.visits.Renew(w, r)
		visit.Go(w, r, onwards)
	case proof.Expired:
		x.challenge = nil
		s.askProof(w, r, x, u, "The code is no longer valid. Use a new one.")
	default:
		s.askProof(w, r, x, u, "The code is not right. Check it and try again.")
	}
}

// entry is one registered method on the page.
type entry struct{ id, method, value, audit string }

// entries lists what u has registered.
func entries(u entra.User) (list []entry) {
	if u.Security.Phone != "" {
		list = append(list, entry{"phone", "Phone", u.Security.Phone, "Phone"})
	}
	for _, a := range u.Security.Apps {
		list = append(list, entry{"app-" + a.ID, "Authenticator app", a.Name, "Authenticator app"})
	}
	if u.Security.Email != "" {
		list = append(list, entry{"email", "Email", u.Security.Email, "Email"})
	}
	if n := len(u.Security.Questions); n > 0 {
		list = append(list, entry{"questions", "Security questions", fmt.Sprintf("%d registered", n), "Security questions"})
	}
	return list
}

func terms(u entra.User) (list []page.Term) {
	for _, e := range entries(u) {
		list = append(list, page.Term{Term: e.method, Value: e.value})
	}
	return list
}

func (s *Site) overview(w http.ResponseWriter, x *session, u entra.User, problem string) {
	var rows [][]page.Cell
	for _, e := range entries(u) {
		rows = append(rows, []page.Cell{{Text: e.method}, {Text: e.value}, {Form: &page.Form{Action: "/security-info/delete", Label: "Delete " + e.method, Inline: true,
			Hidden: []page.Hidden{{Name: "id", Value: e.id}}, Buttons: []page.Button{{Label: "Delete " + e.method, Quiet: true}}}}})
	}
	var options []page.Option
	for _, how := range s.setups(x, u) {
		options = append(options, page.Option{Value: how.id(), Label: how.label()})
	}
	parts := []page.Part{page.Table{Caption: "What you have registered", Head: []string{"Method", "Value", "Action"}, Rows: rows, Empty: "You have not registered anything yet."}}
	if len(options) > 0 {
		parts = append(parts, page.Form{Action: "/security-info/add", Label: "Add a method", Inline: true, Controls: []page.Part{page.Select{Name: "method", Label: "Which method would you like to add?", Options: options}}, Buttons: []page.Button{{Label: "Add method"}}})
	}
	if defaults := defaultsOf(u); len(defaults) > 1 {
		parts = append(parts, page.Form{Action: "/security-info/default", Label: "Default sign-in method", Inline: true, Controls: []page.Part{page.Select{Name: "default", Label: "Default sign-in method", Options: defaults}}, Buttons: []page.Button{{Label: "Set as default", Quiet: true}}})
	}
	if x.reviewing {
		parts = append(parts, page.Form{Action: "/review", Label: "Review", Buttons: []page.Button{{Label: "Looks good"}}})
	}
	s.guard.Write(w, http.StatusOK, u, page.Page{Title: "Security info", Heading: "Security info", Wide: true, Alert: problem, Notice: added(x),
		Lead: []string{"These are the methods you use to sign in to your account or reset your password."}, Parts: parts})
}

func added(x *session) string {
	if len(x.added) == 0 {
		return ""
	}
	return "Added: " + strings.Join(x.added, ", ")
}

// add begins the set-up of a method.
func (s *Site) add(w http.ResponseWriter, r *http.Request, u entra.User) {
	x := s.own(w, r, u)
	x.mu.Lock()
	defer x.mu.Unlock()
	if !s.mayManage(x, u) {
		visit.Go(w, r, "/security-info")
		return
	}
	x.interrupt = false
	for _, how := range s.setups(x, u) {
		if how.id() == r.PostForm.Get("method") {
			s.begin(x, how)
			visit.Go(w, r, "/register")
			return
		}
	}
	s.overview(w, x, u, "Choose one of the methods in the list.")
}

// delete takes a method away. It causes no new prompt by itself (R-POL-64).
func (s *Site) delete(w http.ResponseWriter, r *http.Request, u entra.User) {
	x := s.own(w, r, u)
	x.mu.Lock()
	defer x.mu.Unlock()
	if !s.mayManage(x, u) {
		visit.Go(w, r, "/security-info")
		return
	}
	id := r.PostForm.Get("id")
	i := slices.IndexFunc(entries(u), func(e entry) bool { return e.id == id })
	if i < 0 {
		s.overview(w, x, u, "That method is not registered any more.")
		return
	}
	e, now := entries(u)[i], s.tenant.Now()
	s.tenant.Update(u.ID, func(u *entra.User) error {
		info := &u.Security
		info.Deleted = now
		switch e.id {
		case "phone":
			info.Phone = ""
		case "email":
			info.Email = ""
		case "questions":
			info.Questions = nil
		default:
			info.Apps = slices.DeleteFunc(info.Apps, func(a entra.App) bool { return "app-"+a.ID == e.id })
		}
		info.Default = defaultFor(*u)
		return nil
	})
	x.added = nil
	s.record(u, entra.ActivityDeleted, "User deleted "+e.audit+".", true)
	visit.Go(w, r, "/security-info")
}

// The default sign-in methods (R-REG-40, R-AUD-41).
const (
	defaultPush = "Authenticator app notification"
	defaultCode = "A code from my authenticator app or token"
)

// defaultsOf lists what u can choose as default; mail and questions never
// (R-REG-40).
func defaultsOf(u entra.User) (list []page.Option) {
	add := func(name string) {
		list = append(list, page.Option{Value: name, Label: name, Chosen: name == u.Security.Default})
	}
	if u.HasPush() {
		add(defaultPush)
	}
	if len(u.Security.Apps) > 0 {
		add(defaultCode)
	}
	if u.Security.Phone != "" {
		add("Text a code to " + u.Security.Phone)
		add("Call " + u.Security.Phone)
	}
	return list
}

// defaultFor keeps the default if it is still possible, else takes the first
// that is, the app before the phone (R-REG-41).
func defaultFor(u entra.User) string {
	list := defaultsOf(u)
	if i := slices.IndexFunc(list, func(o page.Option) bool { return o.Chosen }); i >= 0 {
		return list[i].Value
	}
	if len(list) > 0 {
		return list[0].Value
	}
	return ""
}

func (s *Site) setDefault(w http.ResponseWriter, r *http.Request, u entra.User) {
	x := s.own(w, r, u)
	x.mu.Lock()
	defer x.mu.Unlock()
	name := r.PostForm.Get("default")
	possible := slices.ContainsFunc(defaultsOf(u), func(o page.Option) bool { return o.Value == name })
	if !s.mayManage(x, u) || !possible {
		visit.Go(w, r, "/security-info")
		return
	}
	s.tenant.Update(u.ID, func(u *entra.User) error { u.Security.Default = name; return nil })
	s.record(u, entra.ActivityDefaultChanged, "User changed the default security info for "+name, true)
	visit.Go(w, r, "/security-info")
}
