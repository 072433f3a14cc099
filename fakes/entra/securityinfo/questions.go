package securityinfo

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// questionSetup registers security questions (R-REG-49, R-POL-33..37).
type questionSetup struct{ site *Site }

func (questionSetup) id() string           { return "questions" }
func (questionSetup) label() string        { return "Security questions" }
func (questionSetup) audit() string        { return "Security questions" }
func (questionSetup) method() entra.Method { return entra.SecurityQuestions }

func (questionSetup) convention(*task) string {
	return "Answers are compared without case and outer blanks (R-GAP-47)."
}

// predefined are questions of the lab's own, where the product has 35.
var predefined = []string{
	"What was the name of your first pet?", "In what town did your parents meet?", "What was the make of your first bicycle?",
	"What is the name of the street you grew up in?", "What was your favourite dish as a child?", "Who was your first teacher?",
	"What was the first film you saw in a cinema?", "In what town was your first job?", "What is your grandmother's first name?",
	"What was the first concert you went to?",
}

// choices are the questions that can be registered: the organisation's own
// first, in the language they were typed in (R-POL-36).
func (q questionSetup) choices() []string {
	return slices.Concat(q.site.tenant.Policy().Questions, predefined) // the policy is the tenant's
}

func (q questionSetup) show(x *session, _ entra.User, problem string) []page.Part {
	var controls []page.Part
	choices := q.choices()
	for i := range q.site.tenant.Policy().QuestionsToRegister {
		var options []page.Option
		for n, text := range choices {
			chosen := x.task.values[fmt.Sprintf("question%d", i)]
			options = append(options, page.Option{Value: text, Label: text, Chosen: text == chosen || chosen == "" && n == i})
		}
		controls = append(controls, page.Select{Name: fmt.Sprintf("question%d", i), Label: fmt.Sprintf("Question %d", i+1), Options: options},
			page.Input{Name: fmt.Sprintf("answer%d", i), Label: fmt.Sprintf("Answer %d", i+1), Complete: "off"})
	}
	parts := []page.Part{page.Text{Heading: "Security questions", Paragraphs: []string{"Choose questions and answer them with 3 to 40 characters each."}}}
	if problem != "" {
		parts = append(parts, page.Text{Bad: true, Alert: true, Paragraphs: []string{problem}})
	}
	return append(parts, page.Form{Action: "/register", Controls: controls, Buttons: []page.Button{{Label: "Save"}}})
}

func (q questionSetup) take(r *http.Request, x *session, u entra.User) (string, bool) {
	var list []entra.Question
	asked, answers := map[string]bool{}, map[string]bool{}
	for i := range q.site.tenant.Policy().QuestionsToRegister {
		name := fmt.Sprintf("question%d", i)
		text, answer := r.PostForm.Get(name), strings.TrimSpace(r.PostForm.Get(fmt.Sprintf("answer%d", i)))
		x.task.values[name] = text
		folded := strings.ToLower(answer)
		switch n := utf8.RuneCountInString(answer); {
		case !q.offered(text):
			return "Choose one of the questions in the list.", false
		case n < 3 || n > 40:
			return fmt.Sprintf("Answer %d has %d characters; 3 to 40 are allowed.", i+1, n), false
		case asked[text]:
			return "Choose each question once only.", false
		case answers[folded]:
			return "Give each question an answer of its own.", false
		}
		asked[text], answers[folded] = true, true
		list = append(list, entra.NewQuestion(text, answer))
	}
	q.site.tenant.Update(u.ID, func(u *entra.User) error { u.Security.Questions = list; return nil })
	return "", true
}

func (q questionSetup) offered(text string) bool {
	return slices.Contains(q.choices(), text)
}
