package passwordreset

import (
	"fmt"
	"net/http"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/proof"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// draw chooses which questions are asked: as many as the policy says, at
// random from those registered (R-RST-36).
func (p *Portal) draw(s *session, u entra.User) {
	s.drawn = p.tenant.Chance().Perm(len(u.Security.Questions))[:p.asked(u)]
}

// asked is how many questions u is asked.
func (p *Portal) asked(u entra.User) int {
	return min(p.tenant.Policy().QuestionsToReset, len(u.Security.Questions))
}

func (p *Portal) questionPane(s *session, u entra.User, said pane) []page.Part {
	if s.drawn == nil {
		p.draw(s, u)
	}
	var controls []page.Part
	for i, q := range s.drawn {
		controls = append(controls, page.Input{Name: fmt.Sprintf("answer%d", i), Label: u.Security.Questions[q].Text, Complete: "off"})
	}
	return []page.Part{page.Text{Paragraphs: []string{"Answer all of these questions."}}, page.Form{Action: "/verify", Controls: controls, Buttons: orCancel("Next")}}
}

// checkAnswers takes all answers at once; a single wrong one fails the gate,
// and other questions are drawn (R-RST-36). Which one was wrong is not told.
func (p *Portal) checkAnswers(w http.ResponseWriter, r *http.Request, s *session, u entra.User) {
	if s.drawn == nil { // those that were answered are not asked any more
		p.gate(w, s, pane{alert: "The questions have changed. Here are others."})
		return
	}
	p.progress(s, "User started the "+s.chosen.Audit()+" verification option", true)
	right := len(s.drawn) > 0
	for i, q := range s.drawn {
		if q >= len(u.Security.Questions) || !u.Security.Questions[q].Answered(r.PostForm.Get(fmt.Sprintf("answer%d", i))) {
			right = false
		}
	}
	s.drawn = nil
	if right {
		p.answered(w, r, s, proof.Passed)
		return
	}
	if p.count(w, r, s, entra.WrongAnswer) {
		return
	}
	p.gate(w, s, pane{alert: "One or more answers are not right. Here are questions to start again with."})
}
