package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// actor is a person of the scenario: what the person knows, and the window in
// front of the person.
type actor struct {
	world  *world
	person *script.Person
	dn     string // on-premises; "" for a cloud-only person

	password string // as it is now
	chosen   string // the new password typed last
	before   string // the password before that

	app     string // id of the account in the authenticator app
	appKey  string // when it was enrolled by key
	usedApp string // the code of the app used last
	answers []setup.Answer

	window web.Visitor
}

// questions that a person who has registered questions has answered; the
// tenant's own list has them too.
var questions = []string{
	"What was the name of your first pet?", "In what town did your parents meet?", "What was the make of your first bicycle?",
	"What is the name of the street you grew up in?", "What was your favourite dish as a child?",
}

func (w *world) newActor(p *script.Person) *actor {
	a := &actor{world: w, person: p, password: p.Password}
	if a.password == "" {
		a.password = w.newPassword("run/password/" + p.Key)
	}
	w.secret("password", a.password)
	chance := w.lab.Seed.Stream("run/answers/" + p.Key)
	for _, q := range questions {
		answer := "answer " + chance.Text(6, "abcdefghijkmnopqrstuvwxyz")
		w.secret("answer", answer)
		a.answers = append(a.answers, setup.Answer{Question: q, Answer: answer})
	}
	return a
}

// newPassword draws a password that every policy of the lab accepts: two words
// that mean nothing and a number, 15 characters of four kinds, without a name
// of the scenario and without a term of its banned list.
func (w *world) newPassword(stream string) string {
	s := w.lab.Seed.Stream(stream)
	word := func() string {
		const consonants, vowels = "bdfgkmnprtvz", "aeiou"
		text := s.Text(1, consonants) + s.Text(1, vowels) + s.Text(1, consonants) + s.Text(1, vowels) + s.Text(1, consonants)
		return strings.ToUpper(text[:1]) + text[1:]
	}
	for {
		password := word() + "-" + word() + "-" + s.Digits(3)
		if !w.guessable(password) {
			return password
		}
	}
}

// guessable reports whether a password holds what it must not (R-PWD-24).
func (w *world) guessable(password string) bool {
	terms := append(strings.Fields(w.scenario.Organisation), w.scenario.Tenant.BannedPasswords...)
	for _, p := range w.scenario.People {
		terms = append(terms, strings.Fields(p.Name)...)
	}
	return slices.ContainsFunc(terms, func(term string) bool {
		return len(term) >= 4 && strings.Contains(strings.ToLower(password), strings.ToLower(term))
	})
}

// open opens a private window if the person has none.
func (a *actor) open(ctx context.Context) (web.Visitor, error) {
	if a.window != nil {
		return a.window, nil
	}
	v, err := a.world.options.Driver.Visitor(ctx, a.person.Key)
	if err != nil {
		return nil, fmt.Errorf("open a window for %s: %w", a.person.Key, err)
	}
	a.window = v
	return v, nil
}

func (a *actor) closeWindow() error {
	if a.window == nil {
		return nil
	}
	err := a.window.Close()
	a.window = nil
	return err
}

// view is the page in front of the person.
func (a *actor) view() (*web.View, error) {
	if a.window == nil || a.window.View() == nil {
		return nil, fmt.Errorf("%s has no page in front: open a place first", a.person.Key)
	}
	return a.window.View(), nil
}

// lookup gives the value of a reference, as this person means it.
func (a *actor) lookup(ctx context.Context) func(script.Ref) (string, error) {
	return func(r script.Ref) (string, error) { return a.world.value(ctx, r, a) }
}

// text fills in the references of v.
func (a *actor) text(ctx context.Context, v script.Value) (string, error) {
	return v.Resolve(a.lookup(ctx))
}

// texts fills in the references of a list.
func (a *actor) texts(ctx context.Context, list []script.Value) (out []string, err error) {
	for _, v := range list {
		s, err := a.text(ctx, v)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
