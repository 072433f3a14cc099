package web

import (
	"slices"
	"strings"
)

func (k kind) String() string {
	switch k {
	case field, oddField:
		return "field"
	case tickBox:
		return "tick box"
	case radio:
		return "radio button"
	case link:
		return "link"
	case submitter, resetter, idle:
		return "button"
	}
	return "hidden field"
}

// family names the controls that one word of an act may mean.
func (k kind) family() string {
	if k == submitter {
		return "button or link"
	}
	return k.String()
}

func (k kind) belongs(to kind) bool {
	switch to {
	case submitter:
		return k == submitter || k == resetter || k == idle || k == link
	case field:
		return k == field || k == oddField
	}
	return k == to
}

// findUsable finds the one control of that name and kind that a person can use.
func (p *Page) findUsable(name string, k kind) (*control, error) {
	c, err := p.find(name, k)
	if err != nil {
		return nil, err
	}
	if isDisabled(c.node) {
		return nil, p.refuse(c, "is disabled")
	}
	if c.kind == oddField {
		return nil, p.refuse(c, "is of type "+c.typ+", which is not filled here")
	}
	return c, nil
}

// find looks for the accessible name first, then for other names, then for
// "Group > Label".
func (p *Page) find(name string, k kind) (*control, error) {
	group, label, grouped := strings.Cut(name, ">")
	for _, match := range []func(*control) bool{
		nameIs(name),
		otherNameIs(name),
		func(c *control) bool { return grouped && nameIs(label)(c) && p.inGroup(c, group) },
		func(c *control) bool { return grouped && otherNameIs(label)(c) && p.inGroup(c, group) },
	} {
		if found := p.matching(k, match); len(found) > 0 {
			return p.single(found, name, k)
		}
	}
	return nil, p.notFound(name, k)
}

func nameIs(name string) func(*control) bool {
	want := fold(name)
	return func(c *control) bool { return want != "" && c.folded == want }
}

func otherNameIs(name string) func(*control) bool {
	want := fold(name)
	return func(c *control) bool {
		return want != "" && slices.ContainsFunc(c.others, func(o string) bool { return fold(o) == want })
	}
}

func (p *Page) inGroup(c *control, group string) bool {
	want := fold(group)
	return slices.ContainsFunc(p.groups(c.node), func(g string) bool { return fold(g) == want })
}

func (p *Page) matching(k kind, match func(*control) bool) []*control {
	var found []*control
	for _, c := range p.controls {
		if c.hidden || !c.kind.belongs(k) {
			continue
		}
		p.names(c)
		if match(c) {
			found = append(found, c)
		}
	}
	return found
}

// single picks the one meant: links to the same place are one.
func (p *Page) single(found []*control, name string, k kind) (*control, error) {
	first := found[0]
	same := func(c *control) bool {
		return c == first || c.kind == link && first.kind == link &&
			p.resolve(attr(c.node, "href")) == p.resolve(attr(first.node, "href"))
	}
	if !slices.ContainsFunc(found, func(c *control) bool { return !same(c) }) {
		return first, nil
	}
	e := &AmbiguousError{Kind: k.family(), Asked: name, URL: p.url}
	for _, c := range found {
		group := ""
		if all := p.groups(c.node); len(all) > 0 {
			group = all[0]
		}
		e.Groups = append(e.Groups, group)
	}
	return nil, e
}

func (p *Page) notFound(name string, k kind) error {
	e := &NotFoundError{Kind: k.family(), Asked: name, URL: p.url}
	for _, c := range p.controls {
		if c.hidden {
			continue
		}
		p.names(c)
		if c.kind.belongs(k) {
			if c.name != "" {
				e.Has = append(e.Has, c.name)
			}
		} else if e.Instead == "" && nameIs(name)(c) {
			e.Instead = "there is a " + c.kind.String() + " of that name"
		}
	}
	e.Nearest = nearest(name, e.Has)
	return e
}

// nearest returns the word most like asked, "" if none is near.
func nearest(asked string, words []string) string {
	want := []rune(fold(asked))
	best, bestCost := "", len(want)/2+2
	for _, w := range words {
		have := []rune(fold(w))
		cost := distance(want, have)
		if len(want) > 2 && (strings.Contains(string(have), string(want)) || strings.Contains(string(want), string(have)) && len(have) > 2) {
			cost = min(cost, 1)
		}
		if cost < bestCost {
			best, bestCost = w, cost
		}
	}
	return best
}

// distance is the number of single-letter edits between a and b.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
