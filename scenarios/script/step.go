package script

import (
	"slices"
	"time"

	"github.com/invopop/jsonschema"
)

// Step is one step of a scenario. Exactly one of these holds: Do is not empty
// (Actor acts, then Expect holds if it is set); After is above zero; Lab is
// not empty; Expect alone is set.
type Step struct {
	At     Position
	Name   string // "" = the runner describes the step by what it does
	Rules  []string
	Eras   []Era  // when it runs; empty = always
	Actor  string // a person's key, or Planner
	Do     []Act
	After  time.Duration
	Lab    []LabAct
	Expect *Expect
}

// Planner is the actor who is built in: who sends mail, and has no account.
const Planner = "planner"

// Runs reports whether the step runs in an era.
func (s *Step) Runs(e Era) bool { return len(s.Eras) == 0 || slices.Contains(s.Eras, e) }

type stepDraft struct {
	Step
	actor placed[string]
	when  condition
}

type condition struct {
	at   Position
	eras []Era
}

func stepShape() shape[*Step] {
	s := object("step", "a step", func(s *stepDraft) []field {
		return []field{
			here(&s.At),
			opt("name", "what the step shows", line(), &s.Name),
			opt("rules", "the rules it proves", setOf("a list of rule ids", 1, rule()), &s.Rules),
			opt("when", "the condition to run it", conditionShape(), &s.when),
			opt("as", "who acts: a person's key, or planner", at(someone("a person's key under people:, or planner", Planner)), &s.actor),
			opt("do", "what the person does", oneOrMore("an act, or a list of acts", actShape()), &s.Do),
			opt("after", "time passes", duration(time.Second, 3650*24*time.Hour), &s.After),
			opt("lab", "what happens to the lab", oneOrMore("a lab act, or a list of them", labShape()), &s.Lab),
			opt("expect", "what holds then", maybe(expectShape()), &s.Expect),
		}
	})
	schema := s.schema
	s.schema = func(d *definitions) *jsonschema.Schema {
		ref := schema(d)
		d.stepKinds("step")
		return ref
	}
	read := s.read
	s.read = func(r *reader, n *node) (stepDraft, bool) {
		from := len(r.uses)
		v, ok := read(r, n)
		r.usedBy(from, v.actor.value)
		return v, ok
	}
	return mapped(checked(s, checkKind), func(s stepDraft) *Step {
		s.Actor, s.Eras = s.actor.value, s.when.eras
		return &s.Step
	})
}

// stepKeys are the keys of which a step has exactly one; do stands with as.
func stepKeys() []string { return []string{"do", "after", "lab", "expect"} }

// checkKind refuses a step that is two at once, or none. A step with a
// misspelt key has a problem already, which may well explain the rest.
func checkKind(r *reader, n *node, s stepDraft) bool {
	const kinds = "one of: as and do (and expect), after, lab, expect"
	kind := ""
	for _, k := range stepKeys() {
		if !n.has(k) || (k == "expect" && kind == "do") {
			continue
		}
		if kind != "" {
			r.problem(n.at, "a step with both "+kind+" and "+k, kinds, "")
			return false
		}
		kind = k
	}
	switch {
	case (kind == "do") == n.has("as") && kind != "":
		return true
	case slices.ContainsFunc(n.entries, func(e entry) bool { return !slices.Contains(knownInStep(), e.key.text) }):
	case kind == "do":
		r.problem(n.at, "nobody is named who does this", "as: <person>", "")
	case n.has("as"):
		r.problem(s.actor.orElse(n.at), "somebody is named who does nothing", "do: [acts, …], or no as", "")
	default:
		r.problem(n.at, "a step that does nothing", kinds, "")
	}
	return false
}

// knownInStep are all the keys of a step.
func knownInStep() []string { return append(stepKeys(), "name", "rules", "when", "as") }

func conditionShape() shape[condition] {
	return object("condition", "the condition to run a step", func(c *condition) []field {
		return []field{
			here(&c.at),
			req("era", "an era, or a list of eras", oneOrMore("an era, or a list of eras", oneOf("era", eras())), &c.eras),
		}
	})
}
