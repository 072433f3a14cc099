package activedirectory

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// object is one object of the directory. It is read and written under the
// server's lock.
type object struct {
	guid   sd.GUID
	sid    sd.SID // zero unless it is a security principal or the domain
	class  classID
	step   rdn
	parent *object // nil for the head of a naming context
	name   string  // the full distinguished name
	key    string  // the same, as the tree finds it

	children   []*object
	values     valueList
	links      []linkSet
	secret     secret
	descriptor *sd.Descriptor // what is inherited is not in it

	created, changed       time.Time
	usnCreated, usnChanged int64
	gone                   bool // deleted; a search that is under way may still hold it
}

// valueList holds the stored values of an object, ordered by attribute.
type valueList []valueSet

type valueSet struct {
	attr   attr
	values []string
}

func (l valueList) position(a attr) (int, bool) {
	i := sort.Search(len(l), func(i int) bool { return l[i].attr >= a })
	return i, i < len(l) && l[i].attr == a
}

func (l valueList) get(a attr) []string {
	if i, ok := l.position(a); ok {
		return l[i].values
	}
	return nil
}

// with returns the list with other values for a; none removes it. The list
// itself may be overwritten.
func (l valueList) with(a attr, values []string) valueList {
	i, ok := l.position(a)
	switch {
	case ok && len(values) == 0:
		return slices.Delete(l, i, i+1)
	case ok:
		l[i].values = values
	case len(values) > 0:
		return slices.Insert(l, i, valueSet{a, values})
	}
	return l
}

// text returns the only value of a, or "".
func (l valueList) text(a attr) string {
	if v := l.get(a); len(v) > 0 {
		return v[0]
	}
	return ""
}

// number returns the only value of a, or 0.
func (l valueList) number(a attr) int64 {
	n, _ := strconv.ParseInt(l.text(a), 10, 64) // checked when it was written
	return n
}

// linkSet holds the objects at the other end of a link attribute or back link.
type linkSet struct {
	attr    attr
	objects []*object
}

func (o *object) linked(a attr) []*object {
	for i := range o.links {
		if o.links[i].attr == a {
			return o.links[i].objects
		}
	}
	return nil
}

func (o *object) attach(a attr, other *object) {
	for i := range o.links {
		if o.links[i].attr == a {
			o.links[i].objects = append(o.links[i].objects, other)
			return
		}
	}
	o.links = append(o.links, linkSet{a, []*object{other}})
}

func (o *object) detach(a attr, other *object) {
	for i := range o.links {
		if o.links[i].attr == a {
			o.links[i].objects = slices.DeleteFunc(o.links[i].objects, func(x *object) bool { return x == other })
		}
	}
}

// isAccount reports whether the object can sign in.
func (o *object) isAccount() bool { return o.class == classUser }

// isCritical reports whether the object is one the domain cannot do without.
func (o *object) isCritical() bool { return o.values.text(attrIsCriticalSystemObject) == "TRUE" }

// within reports whether o is ancestor or stands below it.
func (o *object) within(ancestor *object) bool {
	for x := o; x != nil; x = x.parent {
		if x == ancestor {
			return true
		}
	}
	return false
}

// head returns the head of the naming context that o is in.
func (o *object) head() *object {
	for o.parent != nil {
		o = o.parent
	}
	return o
}

// walk calls visit for o and all below it until visit returns false.
func (o *object) walk(visit func(*object) bool) bool {
	if !visit(o) {
		return false
	}
	for _, child := range o.children {
		if !child.walk(visit) {
			return false
		}
	}
	return true
}
