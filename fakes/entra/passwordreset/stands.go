package passwordreset

import (
	"net/http"
	"slices"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// stands asks the brain again before each page: what has changed since the last
// one counts at once (R-POL-39, R-RST-20). It reports whether the session goes
// on where it stands; if not, it has answered.
func (p *Portal) stands(w http.ResponseWriter, r *http.Request, s *session) bool {
	if s.user == "" || s.ended() {
		return true
	}
	u, known := p.tenant.User(s.user)
	if !known {
		p.refuse(w, r, s, refusal{reason: entra.UnknownUser})
		return false
	}
	v := p.tenant.Decide(u)
	if v.Reason != entra.Eligible && !s.outlives(v.Reason) {
		p.refuse(w, r, s, refusalFor(v))
		return false
	}
	s.verdict = v
	switch {
	case s.unlock && !v.OfferUnlock: // R-POL-74
		p.refuse(w, r, s, refusal{heading: "Your account could not be unlocked", text: []string{
			"Your organisation does not let accounts be unlocked without a new password any more. Start again to reset your password."}})
		return false
	case s.step == stepVerify && len(s.passed) > 0 && len(s.passed) >= v.Required:
		p.through(w, r, s)
		return false
	}
	p.withdraw(s, u)
	return true
}

// outlives reports whether a session goes on although a new one would be
// refused for that reason. Whether the directory can be reached is asked before
// the gates, and then told by the submission (R-ELG-09, R-RST-54); gates that
// were passed stay passed, whatever becomes of their methods.
func (s *session) outlives(why entra.Reason) bool {
	return why == entra.AgentUnreachable || why == entra.TooFewMethods && s.step == stepPassword
}

// withdraw takes back what the person has begun and may not finish: an option
// that is offered no more, a code on its way to where u is not reached any more,
// questions that are not asked any more.
func (p *Portal) withdraw(s *session, u entra.User) {
	if s.hasChosen && !slices.Contains(s.offered(), s.chosen) {
		s.hasChosen, s.withdrawn = false, true
	}
	if c := s.challenge; c != nil && (!s.hasChosen || !reaches(u, c.Option, c.Target)) {
		s.challenge = nil
	}
	if last := len(u.Security.Questions) - 1; len(s.drawn) != p.asked(u) || slices.ContainsFunc(s.drawn, func(q int) bool { return q > last }) {
		s.drawn = nil
	}
}

// reaches reports whether a challenge of that option at target still reaches u.
func reaches(u entra.User, o entra.Option, target string) bool {
	if o == entra.ApproveNotification {
		return slices.ContainsFunc(u.Security.Apps, func(a entra.App) bool { return a.Device == target })
	}
	return targetOf(o, u) == target
}
