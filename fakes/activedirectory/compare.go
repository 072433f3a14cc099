package activedirectory

// compareRequest asks whether an attribute has a value.
type compareRequest struct{ name, attribute, value string }

func decodeCompare(r *reader) (*compareRequest, error) {
	var c compareRequest
	var err error
	if c.name, err = r.text(tagOctets); err != nil {
		return nil, err
	}
	claim, err := r.nested(tagSequence)
	if err != nil {
		return nil, err
	}
	if c.attribute, err = claim.text(tagOctets); err != nil {
		return nil, err
	}
	c.value, err = claim.text(tagOctets)
	return &c, err
}

func (*compareRequest) tag() byte       { return tagCompareResponse }
func (c *compareRequest) label() string { return "compare " + c.attribute + " of " + c.name }

func (c *compareRequest) run(s *session, _ *message) error {
	if err := s.signedIn(); err != nil {
		return err
	}
	server := s.server
	server.mu.RLock()
	defer server.mu.RUnlock()
	o, err := server.tree.find(c.name)
	if err != nil {
		return err
	}
	if o == nil {
		return noBase(c.name, server.tree.closest(c.name))
	}
	a := server.schema.attribute(c.attribute)
	if a == attrUnknown {
		return unknownAttribute(c.attribute)
	}
	seen := server.schema.look(s.who, o)
	f := &filter{kind: filterEqual, name: c.attribute, value: c.value}
	server.compile(f)
	switch {
	case len(server.valuesOf(o, a)) == 0 || !server.schema.reads(seen, a):
		return noSuchValue(c.attribute)
	case server.matches(f, seen) == isTrue:
		return &refusal{code: compareTrue}
	}
	return &refusal{code: compareFalse}
}
