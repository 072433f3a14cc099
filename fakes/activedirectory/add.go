package activedirectory

import (
	"slices"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// addRequest is a request to make an object.
type addRequest struct {
	name       string
	attributes []change
}

func decodeAdd(r *reader) (*addRequest, error) {
	var a addRequest
	var err error
	if a.name, err = r.text(tagOctets); err != nil {
		return nil, err
	}
	list, err := r.nested(tagSequence)
	if err != nil {
		return nil, err
	}
	for !list.empty() {
		one, err := list.nested(tagSequence)
		if err != nil {
			return nil, err
		}
		c, err := decodeValues(&one)
		if err != nil {
			return nil, err
		}
		a.attributes = append(a.attributes, c)
	}
	return &a, nil
}

func (*addRequest) tag() byte       { return tagAddResponse }
func (a *addRequest) label() string { return "add " + a.name }

func (a *addRequest) run(s *session, _ *message) error {
	if err := s.signedIn(); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	return s.server.add(s, a)
}

// newObject makes an object with a GUID of version 4.
func (s *Server) newObject(c classID, now time.Time) *object {
	guid := sd.GUID(s.guids.Bytes(16))
	guid[7] = guid[7]&0x0f | 0x40
	guid[8] = guid[8]&0x3f | 0x80
	return &object{guid: guid, class: c, created: now, changed: now}
}

func (s *Server) add(by *session, a *addRequest) error {
	if err := s.resolve(a.attributes); err != nil {
		return err
	}
	class, err := s.schema.class(valuesIn(a.attributes, attrObjectClass))
	if err != nil {
		return err
	}
	now := s.clock.Now()
	o := s.newObject(class, now)
	if err := s.place(by.who, o, a.name); err != nil {
		return err
	}
	o.descriptor = s.newDescriptor(class, by.who)
	d := newDraft(o)
	if err := s.fill(by, d, a.attributes); err != nil {
		return err
	}
	if o.class.takes(inPrincipal) {
		if o.sid, err = s.sid.WithRID(s.nextRID); err != nil {
			return err
		}
		s.nextRID++
	}
	o.values = d.values
	s.tree.insert(o)
	d.replicated = true
	s.tree.commit(d, now)
	o.usnCreated = o.usnChanged
	return nil
}

// place checks that the object may be made at its name, and puts it there.
func (s *Server) place(who *identity, o *object, text string) error {
	name, err := parseDN(text)
	if err != nil || len(name) == 0 {
		return badName(text)
	}
	o.step = name[0]
	if o.parent = s.tree.byName[name[1:].key()]; o.parent == nil {
		return noObject(s.tree.closest(name[1:].String()))
	}
	if o.step.kind != o.class.definition().rdn.keyword() {
		return namingProblem(text)
	}
	if !s.schema.may(who, o.parent, sd.CreateChild, s.schema.children(o.class)) {
		return noChildRight(text)
	}
	if !o.class.fits(o.parent.class) {
		return refuse(namingViolation, "00002037: %s is no child of %s", o.class.definition().name, o.parent.class.definition().name)
	}
	if _, err := checkValue(o.class.definition().rdn, o.step.value); err != nil {
		return err
	}
	if s.tree.childAt(o.parent, o.step) != nil {
		return nameTaken(text)
	}
	return nil
}

// resolve finds the attributes that a request names.
func (s *Server) resolve(changes []change) error {
	for i := range changes {
		changes[i].attr = s.schema.attribute(changes[i].name)
		if changes[i].attr == attrUnknown {
			s.log.Warn("an attribute that is not modelled", "attribute", changes[i].name)
			return unknownAttribute(changes[i].name)
		}
	}
	return nil
}

func valuesIn(changes []change, a attr) []string {
	for _, c := range changes {
		if c.attr == a {
			return c.values
		}
	}
	return nil
}

// fill writes the attributes of a new object: first what the directory gives
// every object of the class, then what the client wants.
func (s *Server) fill(by *session, d *draft, attributes []change) error {
	s.giveDefaults(d)
	touched := make([]attr, 0, len(attributes)+2)
	var password []change
	for _, c := range attributes {
		if slices.Contains(touched, c.attr) {
			return valueExists(c.attr.name())
		}
		if len(c.values) == 0 {
			return noValue(c.attr.name())
		}
		c.op, touched = opReplace, append(touched, c.attr)
		if c.attr == attrUnicodePwd {
			password = append(password, c)
			continue
		}
		if err := s.fillOne(by, d, c); err != nil {
			return err
		}
	}
	switch d.o.class {
	case classUser:
		touched = append(touched, attrSAMAccountName, attrUserAccountControl)
	case classGroup:
		touched = append(touched, attrSAMAccountName, attrGroupType)
	}
	return s.finish(by, d, password, touched)
}

func (s *Server) giveDefaults(d *draft) {
	switch d.o.class {
	case classUser:
		for _, v := range newUserValues() {
			d.put(v.attr, v.values...)
		}
	case classGroup:
		d.put(attrGroupType, decimal(globalSecurity))
	default:
		return
	}
	const digits = "0123456789ABCDEF"
	d.put(attrSAMAccountName, "$"+s.guids.Text(6, digits)+"-"+s.guids.Text(12, digits))
}

// fillOne writes one attribute of a new object.
func (s *Server) fillOne(by *session, d *draft, c change) error {
	switch {
	case c.attr == attrObjectClass:
		return nil
	case c.attr == attrSecurityDescriptor:
		return s.writeDescriptor(d, by.who, c.values[0], partDACL)
	case c.attr == d.o.class.definition().rdn, c.attr == attrName:
		if len(c.values) != 1 || !strings.EqualFold(c.values[0], d.o.step.value) {
			return namingProblem(d.o.step.String())
		}
		return nil
	case c.attr == attrObjectCategory, c.attr == attrDistinguishedName, c.attr == attrInstanceType:
		return nil // the directory's own value holds
	}
	return s.changeOne(by, d, c)
}
