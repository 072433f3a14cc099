package script

import (
	"fmt"
	"slices"
	"strings"
)

// use is a word that must be known when the whole scenario has been read.
type use struct {
	kind useKind
	at   Position
	name string
	also []string // words that would do as well, for the message
	ref  *Ref     // of usesValue
	verb verb     // of usesVerb
	by   string   // the actor of the step; "" outside one, or when it has none
}

type useKind int

const (
	declaresPerson useKind = iota
	declaresGroup
	usesPerson    // a person's key
	usesGroup     // a group's name
	usesRecipient // either
	usesValue     // a ${…}
	savesValue    // a name for ${…}, known from here on
	usesVerb      // an act
)

// usedBy notes who acts in the step in which words were used.
func (r *reader) usedBy(from int, actor string) {
	for i := range r.uses[from:] {
		r.uses[from+i].by = actor
	}
}

// names are the words a scenario declares.
type names struct{ people, groups, saved []string }

// checkUses holds every word that was used against what is declared.
func (r *reader) checkUses(d *draft) {
	known := r.declared()
	for _, u := range r.uses {
		switch u.kind {
		case usesPerson:
			r.known(u, "person", slices.Concat(known.people, u.also))
		case usesGroup:
			r.known(u, "group", slices.Concat(known.groups, u.also))
		case usesRecipient:
			r.known(u, "group or person", slices.Concat(known.groups, known.people))
		case usesValue:
			r.checkRef(u, known)
		case savesValue:
			if slices.Contains(known.saved, u.name) {
				r.problem(u.at, fmt.Sprintf("%q has been saved before", u.name), "a new name", "")
			}
			known.saved = append(known.saved, u.name)
		case usesVerb:
			r.checkActor(u, d)
		}
	}
}

// declared are the people and groups of the scenario, those with a problem of
// their own included, so that one slip is one problem.
func (r *reader) declared() (known names) {
	for _, u := range r.uses {
		switch u.kind {
		case declaresPerson:
			known.people = append(known.people, u.name)
		case declaresGroup:
			known.groups = append(known.groups, u.name)
		}
	}
	return known
}

func (r *reader) known(u use, what string, words []string) {
	if !slices.Contains(words, u.name) && !r.full() {
		r.unknown(u.at, what, u.name, "", words)
	}
}

// checkRef resolves a ${…}: a person's value, the actor's, the scenario's, or
// a saved one.
func (r *reader) checkRef(u use, known names) {
	ref := u.ref
	if ref.Person != "" {
		if !slices.Contains(known.people, ref.Person) {
			r.unknown(u.at, "person", ref.Person, " in "+ref.String(), known.people)
			return
		}
		if values := namesOf(personValues(), actorValues()); !slices.Contains(values, ref.Name) {
			r.unknown(u.at, "value", ref.Name, " in "+ref.String(), values)
		}
		return
	}
	switch {
	case slices.Contains(namesOf(actorValues()), ref.Name):
		if actor := u.by; slices.Contains(known.people, actor) {
			ref.Person = actor
		} else {
			r.problem(u.at, ref.String()+" is somebody's, and this step has no actor with an account", "${<person>."+ref.Name+"}", "")
		}
	case slices.Contains(namesOf(scenarioValues()), ref.Name), slices.Contains(known.saved, ref.Name):
	default:
		r.unknownRef(u, known)
	}
}

// unknownRef says what could have been meant.
func (r *reader) unknownRef(u use, known names) {
	values := slices.Concat(namesOf(scenarioValues(), actorValues()), known.saved)
	if slices.Contains(namesOf(personValues()), u.ref.Name) || slices.Contains(known.people, u.ref.Name) {
		r.problem(u.at, u.ref.String()+" does not say whose or which value", "${<person>."+u.ref.Name+"}", "")
		return
	}
	var saves string
	if !slices.Contains(known.saved, u.ref.Name) {
		saves = "; or save one under this name before"
	}
	r.problem(u.at, fmt.Sprintf("unknown value %q", shorten(u.ref.Name)), list(values)+saves, nearest(u.ref.Name, values))
}

// checkActor refuses an act to those who cannot do it: the planner has no
// account, and only an account of the directory can bind to it.
func (r *reader) checkActor(u use, d *draft) {
	actor := u.by
	if actor == Planner && !u.verb.planner {
		r.problem(u.at, fmt.Sprintf("planner has no account and cannot %q", u.name), "a person under people:", "")
	}
	if p := d.Person(actor); u.verb.onPrem && p != nil && p.From != FromDirectory {
		r.problem(u.at, fmt.Sprintf("%s has no account in the directory to %q with", actor, u.name), "from: directory for "+actor, "")
	}
}

// checkNames refuses names that mean two things, and accounts that clash.
func (r *reader) checkNames(d *draft) {
	upns, mails := map[string]*Person{}, map[string]*Person{}
	for _, p := range d.People {
		if other := upns[strings.ToLower(p.UPN)]; other != nil {
			r.problem(p.At, p.Key+" and "+other.Key+" have the same user name "+p.UPN, "another user name", "")
		}
		if other := mails[strings.ToLower(p.Mail)]; other != nil {
			r.problem(p.At, p.Key+" and "+other.Key+" have the same primary address "+p.Mail, "another mail", "")
		}
		upns[strings.ToLower(p.UPN)], mails[strings.ToLower(p.Mail)] = p, p
		r.checkSuffix(d, p)
	}
	people := r.declared().people
	for _, g := range d.Groups {
		if slices.Contains(people, g.Name) {
			r.problem(g.At, "a group has the name of a person", "another name", "")
		}
		for _, m := range g.Members {
			if p := d.Person(m); g.From == FromDirectory && p != nil && p.From != FromDirectory {
				r.problem(g.At, fmt.Sprintf("%s is not in the directory and cannot be in a group of it", m), "a group from the cloud, or "+m+" from the directory", "")
			}
		}
	}
}

// checkSuffix refuses a UPN in a domain that nobody has declared.
func (r *reader) checkSuffix(d *draft, p *Person) {
	suffixes := slices.Concat([]string{d.Domain}, slices.DeleteFunc(slices.Clone(d.Tenant.VerifiedDomains), func(v string) bool { return v == d.Domain }))
	if d.Directory != nil && p.From == FromDirectory {
		suffixes = append(suffixes, d.Directory.Domain)
	}
	suffix := p.UPN[strings.LastIndexByte(p.UPN, '@')+1:]
	if !slices.Contains(suffixes, strings.ToLower(suffix)) {
		r.unknown(p.At, "domain", suffix, " in the user name of "+p.Key, suffixes)
	}
}
