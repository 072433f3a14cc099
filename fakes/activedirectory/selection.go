package activedirectory

import (
	"strconv"
	"strings"
)

// selection is what a search shall return of each object.
type selection struct {
	all         bool // every attribute that is not constructed
	constructed bool // every attribute that is
	wanted      []wanted
	typesOnly   bool
	descriptor  bool // nTSecurityDescriptor is among them
}

// wanted is one attribute that was asked for by name, maybe with a range of its
// values.
type wanted struct {
	attr      attr
	ranged    bool
	low, high int // high < 0: to the end
}

// selectAttributes reads the attribute list of a search: names, * for the usual
// ones, + for the constructed ones, 1.1 for none. Unknown names are passed
// over.
func (s *Server) selectAttributes(q *searchRequest) *selection {
	sel := &selection{all: len(q.attributes) == 0, typesOnly: q.typesOnly}
	for _, name := range q.attributes {
		switch name {
		case "*":
			sel.all = true
		case "+":
			sel.constructed = true
		case "1.1":
		default:
			w := wanted{attr: s.schema.attribute(name)}
			if w.attr == attrUnknown || w.attr.has(isSecret) {
				continue
			}
			if _, option, ok := strings.Cut(name, ";"); ok {
				w.readRange(option)
			}
			sel.descriptor = sel.descriptor || w.attr == attrSecurityDescriptor
			sel.wanted = append(sel.wanted, w)
		}
	}
	return sel
}

// readRange reads the option range=0-1499 or range=1500-*.
func (w *wanted) readRange(option string) {
	text, ok := strings.CutPrefix(strings.ToLower(option), "range=")
	if !ok {
		return
	}
	low, high, ok := strings.Cut(text, "-")
	var err error
	if w.low, err = strconv.Atoi(low); err != nil || !ok || w.low < 0 {
		return
	}
	if w.high = -1; high != "*" {
		if w.high, err = strconv.Atoi(high); err != nil || w.high < w.low {
			return
		}
	}
	w.ranged = true
}

// cut returns the range of values with the name that tells it.
func (w *wanted) cut(values []string) (name string, part []string) {
	if !w.ranged || w.low >= len(values) {
		return w.attr.name(), values
	}
	end := len(values)
	last := "*"
	if w.high >= 0 && w.high < end-1 {
		end, last = w.high+1, strconv.Itoa(w.high)
	}
	return w.attr.name() + ";range=" + strconv.Itoa(w.low) + "-" + last, values[w.low:end]
}

// usualComputed are the computed attributes that every object shows.
var usualComputed = [...]attr{
	attrObjectClass, attrName, attrDistinguishedName, attrObjectGUID, attrObjectSID, attrObjectCategory,
	attrInstanceType, attrWhenCreated, attrWhenChanged, attrUSNCreated, attrUSNChanged,
}

// writeEntry writes one object as a SearchResultEntry.
func (s *session) writeEntry(id int64, sel *selection, o *object) {
	w := &s.out
	message := w.begin(tagSequence)
	w.integer(tagInteger, id)
	entry := w.begin(tagSearchEntry)
	w.octets(tagOctets, o.name)
	list := w.begin(tagSequence)
	e := entryWriter{s, sel, s.server.schema.look(s.who, o)}
	if sel.all {
		e.writeAll()
	}
	if sel.constructed {
		e.writeConstructed()
	}
	for i := range sel.wanted {
		e.writeWanted(&sel.wanted[i])
	}
	if sel.all && !sel.descriptor && s.opts.partsAsked {
		e.write(attrSecurityDescriptor.name(), s.server.readDescriptor(e.seen, s.opts.parts))
	}
	w.end(list)
	w.end(entry)
	w.end(message)
}

// entryWriter writes the attributes of one object.
type entryWriter struct {
	session *session
	sel     *selection
	seen    view
}

func (e *entryWriter) writeAll() {
	o, server := e.seen.o, e.session.server
	rdn := o.class.definition().rdn
	e.writeVisible(rdn, []string{o.step.value})
	for _, a := range usualComputed {
		e.writeVisible(a, server.computed(o, a))
	}
	for _, v := range o.values {
		if v.attr != rdn {
			e.writeVisible(v.attr, v.values)
		}
	}
	for _, l := range o.links {
		e.writeVisible(l.attr, namesOf(l.objects))
	}
}

func (e *entryWriter) writeConstructed() {
	for i := range attributeTable {
		if a := attr(i); a.has(isConstructed) {
			e.writeVisible(a, e.session.server.constructed(e.seen.o, a))
		}
	}
}

func (e *entryWriter) writeWanted(w *wanted) {
	server := e.session.server
	if w.attr == attrSecurityDescriptor {
		e.write(w.attr.name(), server.readDescriptor(e.seen, e.session.opts.parts))
		return
	}
	isUsual := !w.attr.has(isConstructed) && !w.ranged
	if e.sel.all && isUsual || !server.schema.reads(e.seen, w.attr) {
		return
	}
	name, values := w.cut(server.valuesOf(e.seen.o, w.attr))
	e.write(name, values)
}

func (e *entryWriter) writeVisible(a attr, values []string) {
	if len(values) > 0 && e.session.server.schema.reads(e.seen, a) {
		e.write(a.name(), values)
	}
}

func (e *entryWriter) write(name string, values []string) {
	if len(values) == 0 {
		return
	}
	w := &e.session.out
	one := w.begin(tagSequence)
	w.octets(tagOctets, name)
	set := w.begin(tagSet)
	if !e.sel.typesOnly {
		for _, v := range values {
			w.octets(tagOctets, v)
		}
	}
	w.end(set)
	w.end(one)
}
