package activedirectory

// filterKind is the kind of a filter; the numbers are the tags of LDAP.
type filterKind byte

const (
	filterAnd        filterKind = 0xa0
	filterOr         filterKind = 0xa1
	filterNot        filterKind = 0xa2
	filterEqual      filterKind = 0xa3
	filterSubstrings filterKind = 0xa4
	filterAtLeast    filterKind = 0xa5
	filterAtMost     filterKind = 0xa6
	filterPresent    filterKind = 0x87
	filterApproximal filterKind = 0xa8
	filterExtensible filterKind = 0xa9
)

const (
	maxFilterDepth = 100
	maxFilterParts = 20_000
)

// filter is a decoded filter; the second half is filled in by
// [Server.compile], once for a search.
type filter struct {
	kind  filterKind
	kids  []*filter
	name  string // attribute, as the client wrote it
	value string
	rule  string // of an extensible match
	parts []substring

	attr   attr
	valid  bool             // the value can be one of the attribute's
	number int64            // the value, of a number
	target *object          // the value, of a link
	reach  map[*object]bool // what leads to target by any number of links
}

// substring is one part of a substrings filter: initial, any or final.
type substring struct {
	tag  byte
	text string
}

const (
	partInitial = contextPrimitive
	partAny     = contextPrimitive | 1
	partFinal   = contextPrimitive | 2
)

// filterDecoder bounds what a filter may cost.
type filterDecoder struct{ parts int }

func (d *filterDecoder) decode(r *reader, depth int) (*filter, error) {
	if d.parts++; depth > maxFilterDepth || d.parts > maxFilterParts {
		return nil, notLDAP("a filter of more than %d levels or %d parts", maxFilterDepth, maxFilterParts)
	}
	e, err := r.next()
	if err != nil {
		return nil, err
	}
	f := &filter{kind: filterKind(e.tag)}
	body := reader{e.body}
	switch f.kind {
	case filterAnd, filterOr, filterNot:
		err = d.decodeKids(f, &body, depth)
	case filterEqual, filterAtLeast, filterAtMost, filterApproximal:
		if f.name, err = body.text(tagOctets); err == nil {
			f.value, err = body.text(tagOctets)
		}
	case filterPresent:
		f.name = string(e.body)
	case filterSubstrings:
		err = d.decodeSubstrings(f, &body)
	case filterExtensible:
		err = decodeExtensible(f, &body)
	default:
		err = notLDAP("a filter of tag %#02x", e.tag)
	}
	return f, err
}

func (d *filterDecoder) decodeKids(f *filter, body *reader, depth int) error {
	for !body.empty() {
		kid, err := d.decode(body, depth+1)
		if err != nil {
			return err
		}
		f.kids = append(f.kids, kid)
	}
	if f.kind == filterNot && len(f.kids) != 1 {
		return notLDAP("a negation of %d filters", len(f.kids))
	}
	return nil
}

func (d *filterDecoder) decodeSubstrings(f *filter, body *reader) error {
	var err error
	if f.name, err = body.text(tagOctets); err != nil {
		return err
	}
	list, err := body.nested(tagSequence)
	if err != nil {
		return err
	}
	for !list.empty() {
		e, err := list.next()
		if err != nil {
			return err
		}
		if d.parts++; d.parts > maxFilterParts {
			return notLDAP("a filter of more than %d parts", maxFilterParts)
		}
		f.parts = append(f.parts, substring{e.tag, string(e.body)})
	}
	return checkSubstrings(f.parts)
}

// checkSubstrings sees that the initial part is first and the final one last.
func checkSubstrings(parts []substring) error {
	if len(parts) == 0 {
		return notLDAP("a substrings filter without any")
	}
	for i, p := range parts {
		misplaced := p.tag == partInitial && i > 0 || p.tag == partFinal && i < len(parts)-1
		if misplaced || p.tag < partInitial || p.tag > partFinal {
			return notLDAP("a substrings filter with parts out of order")
		}
	}
	return nil
}

// decodeExtensible reads rule, attribute and value. Whether the names in the
// distinguished name count too is read and, as on the real product, ignored.
func decodeExtensible(f *filter, body *reader) error {
	for !body.empty() {
		e, err := body.next()
		if err != nil {
			return err
		}
		switch e.tag {
		case contextPrimitive | 1:
			f.rule = string(e.body)
		case contextPrimitive | 2:
			f.name = string(e.body)
		case contextPrimitive | 3:
			f.value = string(e.body)
		case contextPrimitive | 4:
		default:
			return notLDAP("an extensible filter with an element of tag %#02x", e.tag)
		}
	}
	return nil
}
