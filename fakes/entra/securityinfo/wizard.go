package securityinfo

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// plan decides what the wizard does next: nothing, because enough is
// registered, or which method, the most secure first (R-REG-16, R-REG-19).
func (s *Site) plan(x *session, u entra.User) {
	if !x.interrupt || x.review || x.task != nil || x.finished {
		return
	}
	v := s.tenant.Decide(u)
	missing := s.missing(x, u)
	if v.Methods.Kinds() >= v.Required || len(missing) == 0 {
		x.finished = v.Methods.Kinds() >= v.Required
		return
	}
	next := missing[0]
	for _, how := range missing {
		if how.id() == x.preferred {
			next = how
		}
	}
	s.begin(x, next)
}

func (s *Site) begin(x *session, how setup) {
	x.task = &task{setup: how, values: map[string]string{}, shownAt: s.tenant.Now()}
}

func heading(x *session) string {
	switch {
	case x.legacy:
		return "Don't lose access to your account!"
	case x.interrupt:
		return "Keep your account secure"
	}
	return "Add a method"
}

func (s *Site) showWizard(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	s.plan(x, u)
	switch {
	case x.finished:
		visit.Go(w, r, "/done")
	case x.task == nil && x.review:
		visit.Go(w, r, x.first())
	case x.task == nil && x.interrupt:
		s.nothingToRegister(w, u)
	case x.task == nil:
		visit.Go(w, r, "/security-info")
	default:
		s.wizard(w, x, u, "")
	}
}

// nothingToRegister is the dead end of a policy that leaves no method to this
// person (R-POL-85).
func (s *Site) nothingToRegister(w http.ResponseWriter, u entra.User) {
	s.write(w, u, page.Page{Heading: "No method can be registered", Alert: "Your organisation asks for security info, but allows no method that you could register. Ask your administrator.",
		Parts: []page.Part{page.Form{Action: "/register/skip", Buttons: []page.Button{{Label: "Go on to the application", Quiet: true}}}}})
}

// wizard shows the present step of the present method.
func (s *Site) wizard(w http.ResponseWriter, x *session, u entra.User, problem string) {
	p := page.Page{Heading: heading(x), Step: x.task.setup.label(), Convention: x.task.setup.convention(x.task)}
	if x.interrupt {
		v := s.tenant.Decide(u)
		p.Step = fmt.Sprintf("Method %d of %d: %s", len(x.added)+1, max(v.Required-v.Methods.Kinds()+len(x.added), 1), x.task.setup.label())
		p.Lead = []string{"Your organisation requires you to set up the following methods of proving who you are."}
	}
	p.Parts = append(x.task.setup.show(x, u, problem), s.ways(x, u)...)
	s.write(w, u, p)
}

// ways are the other ways on from a method's page: another method, if there is
// one (R-REG-20), skip (R-REG-21), back.
func (s *Site) ways(x *session, u entra.User) []page.Part {
	if !x.interrupt {
		return []page.Part{page.Form{Action: "/register/back", Label: "Leave", Buttons: []page.Button{{Label: "Cancel", Quiet: true}}}}
	}
	var parts []page.Part
	var others []page.Option
	for _, how := range s.missing(x, u) {
		if how.id() != x.task.setup.id() {
			others = append(others, page.Option{Value: how.id(), Label: how.label()})
		}
	}
	if len(others) > 0 {
		parts = append(parts, page.Disclosure{Summary: "I want to set up a different method", Parts: []page.Part{page.Form{Action: "/register/other", Label: "Choose a different method", Inline: true,
			Controls: []page.Part{page.Select{Name: "method", Label: "Which method would you like to use?", Options: others}}, Buttons: []page.Button{{Label: "Confirm", Quiet: true}}}}})
	}
	return append(parts, page.Form{Action: "/register/skip", Label: "Leave", Buttons: []page.Button{{Label: "Skip setup", Quiet: true}}})
}

func (s *Site) takeWizard(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	if x.task == nil {
		visit.Go(w, r, "/register")
		return
	}
	if !s.registrable(x, u, x.task.setup) { // the policy has changed since (R-POL-39)
		x.task = nil
		visit.Go(w, r, "/register")
		return
	}
	problem, registered := x.task.setup.take(r, x, u)
	switch {
	case problem != "":
		s.wizard(w, x, u, problem)
	case registered:
		s.registered(w, r, x)
	default:
		visit.Go(w, r, "/register")
	}
}

// registered notes that the task is done. Any completed registration sets the
// clock of the next review (R-GAP-53).
func (s *Site) registered(w http.ResponseWriter, r *http.Request, x *session) {
	how := x.task.setup
	now := s.tenant.Now()
	u, _ := s.tenant.Update(x.user, func(u *entra.User) error {
		u.Security.Confirmed, u.Security.Deleted = now, time.Time{}
		if u.Security.Default == "" {
			u.Security.Default = defaultFor(*u)
		}
		return nil
	})
	s.record(u, entra.ActivityRegistered, "User registered "+how.audit()+".", true)
	x.added = append(x.added, how.label())
	x.task, x.proven = nil, true
	if !x.interrupt {
		visit.Go(w, r, "/security-info")
		return
	}
	s.plan(x, u)
	if x.finished {
		s.record(u, entra.ActivityRegisteredAll, "User registered all required security info", true)
	}
	visit.Go(w, r, "/register")
}

// otherMethod puts another method in the place of the one proposed by a sign-in
// that is interrupted.
func (s *Site) otherMethod(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	for _, how := range s.missing(x, u) {
		if how.id() == r.PostForm.Get("method") && x.interrupt && !x.review && !x.finished {
			x.preferred = how.id()
			s.begin(x, how)
		}
	}
	visit.Go(w, r, "/register")
}

// skip leaves the wizard; the prompt comes again at the next sign-in
// (R-REG-21, R-REG-23). What was registered stays (R-REG-24).
func (s *Site) skip(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	if !x.interrupt || x.review || x.finished {
		visit.Go(w, r, x.first())
		return
	}
	s.record(u, entra.ActivityRegisteredAll, "User canceled security info registration.", false)
	s.visits.End(w, r)
	visit.Go(w, r, s.resumeAddress())
}

// stopSetup leaves the set-up of a method for the Security info page.
func (s *Site) stopSetup(w http.ResponseWriter, r *http.Request, x *session, _ entra.User) {
	if x.interrupt {
		visit.Go(w, r, x.first())
		return
	}
	x.task = nil
	visit.Go(w, r, "/security-info")
}

// showDone is the last page (R-REG-50).
func (s *Site) showDone(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	if !x.finished {
		visit.Go(w, r, "/register")
		return
	}
	items := []page.Term{{Term: "Registered", Value: strings.Join(x.added, ", ")}}
	if u.Security.Default != "" {
		items = append(items, page.Term{Term: "Default sign-in method", Value: u.Security.Default})
	}
	s.write(w, u, page.Page{Heading: "Success!", Notice: "Great job! You have successfully set up your security info.",
		Parts: []page.Part{page.List{Items: items}, page.Form{Action: "/done", Buttons: []page.Button{{Label: "Done"}}}}})
}

func (s *Site) done(w http.ResponseWriter, r *http.Request, x *session, _ entra.User) {
	if !x.finished {
		visit.Go(w, r, "/register")
		return
	}
	x.interrupt, x.finished = false, false
	visit.Go(w, r, s.resumeAddress())
}

// showReview lists what is registered, to be confirmed (R-REG-57).
func (s *Site) showReview(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	if !x.interrupt || !x.review {
		visit.Go(w, r, x.first())
		return
	}
	buttons := []page.Button{{Label: "Looks good"}}
	if !x.legacy { // the older page manages nothing
		buttons = append(buttons, page.Button{Label: "Change my info", Quiet: true, Name: "change", Value: "yes"})
	}
	s.write(w, u, page.Page{Heading: "Is this info still correct?", Lead: []string{"Please look over your security info. Your organisation asks for that from time to time."},
		Parts: []page.Part{
			page.List{Items: terms(u)},
			page.Form{Action: "/review", Buttons: buttons},
		}, Convention: "A completed registration or review sets the clock of the next one (R-GAP-53)."})
}

// takeReview takes "Looks good", on the page of the review or after changes on
// the Security info page, and goes on with the sign-in (R-REG-57).
func (s *Site) takeReview(w http.ResponseWriter, r *http.Request, x *session, u entra.User) {
	if !x.review || !x.interrupt && !x.reviewing {
		visit.Go(w, r, x.first())
		return
	}
	if r.PostForm.Get("change") != "" && !x.legacy {
		x.reviewing = true
		s.guard.SignIn(w, r, u, x.at) // the interrupted sign-in has proved the password
		visit.Go(w, r, "/security-info")
		return
	}
	now := s.tenant.Now()
	s.tenant.Update(u.ID, func(u *entra.User) error { u.Security.Confirmed = now; return nil })
	s.record(u, entra.ActivityReviewed, "User successfully reviewed security info", true) // R-REG-58
	x.interrupt, x.review, x.reviewing = false, false, false
	visit.Go(w, r, s.resumeAddress())
}
