package activedirectory

import (
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// tree is the objects with the ways to find them. The server's lock guards it.
type tree struct {
	byName map[string]*object
	byGUID map[sd.GUID]*object
	bySID  map[sd.SID]*object
	index  map[attr]map[string][]*object // of indexed attributes, by [indexKey]
	usn    int64                         // highestCommittedUSN
}

func newTree() *tree {
	return &tree{
		byName: map[string]*object{},
		byGUID: map[sd.GUID]*object{},
		bySID:  map[sd.SID]*object{},
		index: map[attr]map[string][]*object{
			attrSAMAccountName: {}, attrUserPrincipalName: {}, attrMail: {}, attrProxyAddresses: {}, attrConsistencyGUID: {},
		},
		usn: firstUSN,
	}
}

// firstUSN is about what a new domain has used up by itself.
const firstUSN = 3600

func (t *tree) nextUSN() int64 {
	t.usn++
	return t.usn
}

// find returns the object that a name in a request means: a distinguished name,
// <GUID=…> or <SID=…>; nil if there is none.
func (t *tree) find(text string) (*object, error) {
	if strings.HasPrefix(text, "<") {
		return t.findExtended(text)
	}
	name, err := parseDN(text)
	if err != nil {
		return nil, badName(text)
	}
	return t.byName[name.key()], nil
}

func (t *tree) findExtended(text string) (*object, error) {
	kind, value, ok := strings.Cut(strings.TrimSuffix(text[1:], ">"), "=")
	if !ok || !strings.HasSuffix(text, ">") {
		return nil, badName(text)
	}
	switch strings.ToUpper(kind) {
	case "GUID":
		if g, err := readAnyGUID(value); err == nil {
			return t.byGUID[g], nil
		}
	case "SID":
		if s, err := readAnySID(value); err == nil {
			return t.bySID[s], nil
		}
	}
	return nil, badName(text)
}

// closest returns the name of the nearest object above name that is there,
// which is what matchedDN says.
func (t *tree) closest(text string) string {
	name, err := parseDN(text)
	if err != nil {
		return ""
	}
	for i := range name {
		if o := t.byName[name[i:].key()]; o != nil {
			return o.name
		}
	}
	return ""
}

// insert puts a new object where its parent and step say.
func (t *tree) insert(o *object) {
	if o.parent != nil {
		o.parent.children = append(o.parent.children, o)
	}
	t.enter(o)
	t.byGUID[o.guid] = o
	if !o.sid.IsZero() {
		t.bySID[o.sid] = o
	}
	t.reindex(o, nil, o.values)
}

// enter names o after its place and makes it found by that name.
func (t *tree) enter(o *object) {
	if o.parent != nil {
		o.name = o.step.String() + "," + o.parent.name
		o.key = o.step.key() + o.parent.key
	}
	t.byName[o.key] = o
}

// childAt returns the child of parent that has this step.
func (t *tree) childAt(parent *object, step rdn) *object {
	return t.byName[step.key()+parent.key]
}

// move gives o another parent or step, and all below it their new names.
func (t *tree) move(o, parent *object, step rdn) {
	o.walk(func(x *object) bool { delete(t.byName, x.key); return true })
	if parent != o.parent {
		t.orphan(o)
		parent.children = append(parent.children, o)
	}
	o.parent, o.step = parent, step
	o.walk(func(x *object) bool { t.enter(x); return true })
}

// orphan takes o from its parent's children.
func (t *tree) orphan(o *object) {
	if i := slices.Index(o.parent.children, o); i >= 0 {
		o.parent.children = slices.Delete(o.parent.children, i, i+1)
	}
}

// remove takes o and all below it out of the tree, with every link to them.
func (t *tree) remove(o *object) {
	t.orphan(o)
	o.walk(func(x *object) bool {
		delete(t.byName, x.key)
		delete(t.byGUID, x.guid)
		delete(t.bySID, x.sid)
		t.reindex(x, x.values, nil)
		for _, set := range x.links {
			for _, other := range set.objects {
				other.detach(set.attr.partner(), x)
			}
		}
		x.gone = true
		return true
	})
}

// reindex makes o found by the values of now instead of those of before.
func (t *tree) reindex(o *object, before, now valueList) {
	for a, entries := range t.index { // in any order: they do not touch each other
		was, is := before.get(a), now.get(a)
		if slices.Equal(was, is) {
			continue
		}
		for _, value := range was {
			key := indexKey(a, value)
			if rest := without(entries[key], o); len(rest) > 0 {
				entries[key] = rest
			} else {
				delete(entries, key)
			}
		}
		for _, value := range is {
			key := indexKey(a, value)
			entries[key] = append(without(entries[key], o), o)
		}
	}
}

func without(objects []*object, o *object) []*object {
	rest := make([]*object, 0, len(objects)+1)
	for _, x := range objects {
		if x != o {
			rest = append(rest, x)
		}
	}
	return rest
}

// indexKey is the form in which a value is found.
func indexKey(a attr, value string) string {
	if a.syntax() == syntaxOctets {
		return value
	}
	return strings.ToLower(value)
}

// lookup returns the objects that have a value in an indexed attribute.
func (t *tree) lookup(a attr, value string) []*object {
	return t.index[a][indexKey(a, value)]
}
