package activedirectory

import (
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// draft is what an object will be if the operation under way succeeds. Nothing
// of it shows before [tree.commit].
type draft struct {
	o          *object
	values     valueList
	secret     secret
	descriptor *sd.Descriptor
	edges      []edge // in the order in which they came
	wanted     map[edge]bool
	replicated bool // whether uSNChanged and whenChanged follow
}

// edge is one value of a link attribute of the draft's object.
type edge struct {
	attr attr
	to   *object
}

func newDraft(o *object) *draft {
	return &draft{o: o, values: slices.Clone(o.values), secret: o.secret, descriptor: o.descriptor}
}

// put gives an attribute other values; none removes it.
func (d *draft) put(a attr, values ...string) {
	d.values = d.values.with(a, values)
	if !a.has(isLocal) {
		d.replicated = true
	}
}

// linksTo reports whether a value of the draft's link attribute is other.
func (d *draft) linksTo(e edge) bool {
	if want, ok := d.wanted[e]; ok {
		return want
	}
	// The other end is asked, since people are in few groups while groups
	// have many members.
	return slices.Contains(e.to.linked(e.attr.partner()), d.o)
}

// link adds or removes a value of a link attribute.
func (d *draft) link(e edge, want bool) {
	if d.wanted == nil {
		d.wanted = map[edge]bool{}
	}
	if _, ok := d.wanted[e]; !ok {
		d.edges = append(d.edges, e)
	}
	d.wanted[e] = want
	d.replicated = true
}

// targets returns the draft's values of a link attribute.
func (d *draft) targets(a attr) []*object {
	var result []*object
	for _, to := range d.o.linked(a) {
		if d.linksTo(edge{a, to}) {
			result = append(result, to)
		}
	}
	for _, e := range d.edges {
		if e.attr == a && d.wanted[e] && !slices.Contains(result, e.to) {
			result = append(result, e.to)
		}
	}
	return result
}

// commit makes the draft the object.
func (t *tree) commit(d *draft, now time.Time) {
	o := d.o
	t.reindex(o, o.values, d.values)
	o.values, o.secret, o.descriptor = d.values, d.secret, d.descriptor
	for _, e := range d.edges {
		want, is := d.wanted[e], slices.Contains(e.to.linked(e.attr.partner()), o)
		switch {
		case want && !is:
			o.attach(e.attr, e.to)
			e.to.attach(e.attr.partner(), o)
		case !want && is:
			o.detach(e.attr, e.to)
			e.to.detach(e.attr.partner(), o)
		}
	}
	if d.replicated {
		t.touch(o, now)
	}
}

// touch marks o as changed.
func (t *tree) touch(o *object, now time.Time) {
	o.usnChanged, o.changed = t.nextUSN(), now
}

// apply carries out one change of a request on a stored attribute.
func (d *draft) apply(c change, a attr, permissive bool) error {
	switch c.op {
	case opAdd:
		return d.addValues(a, c.values, permissive)
	case opDelete:
		return d.deleteValues(a, c.values, permissive)
	default:
		d.put(a)
		return d.addValues(a, c.values, permissive)
	}
}

func (d *draft) addValues(a attr, values []string, permissive bool) error {
	now := slices.Clone(d.values.get(a))
	for _, value := range values {
		value, err := checkValue(a, value)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(now, func(v string) bool { return sameValue(a, v, value) }) {
			if permissive {
				continue
			}
			return valueExists(a.name())
		}
		now = append(now, value)
	}
	if a.has(isSingle) && len(now) > 1 {
		return onlyOne(a.name())
	}
	d.put(a, now...)
	return nil
}

func (d *draft) deleteValues(a attr, values []string, permissive bool) error {
	now := slices.Clone(d.values.get(a))
	if len(values) == 0 && len(now) == 0 && !permissive {
		return noSuchValue(a.name())
	}
	if len(values) == 0 {
		now = nil
	}
	for _, value := range values {
		i := slices.IndexFunc(now, func(v string) bool { return sameValue(a, v, value) })
		if i < 0 && !permissive {
			return noSuchValue(a.name())
		}
		if i >= 0 {
			now = slices.Delete(now, i, i+1)
		}
	}
	d.put(a, now...)
	return nil
}

// sameValue compares values by the attribute's syntax.
func sameValue(a attr, x, y string) bool {
	switch a.syntax() {
	case syntaxOctets, syntaxIdentifier, syntaxInteger, syntaxLarge:
		return x == y
	default:
		return strings.EqualFold(x, y)
	}
}
