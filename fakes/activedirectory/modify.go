package activedirectory

import (
	"slices"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// modifyRequest is a request to change attributes.
type modifyRequest struct {
	name    string
	changes []change
}

func decodeModify(r *reader) (*modifyRequest, error) {
	var m modifyRequest
	var err error
	if m.name, err = r.text(tagOctets); err != nil {
		return nil, err
	}
	list, err := r.nested(tagSequence)
	if err != nil {
		return nil, err
	}
	for !list.empty() {
		c, err := decodeChange(&list)
		if err != nil {
			return nil, err
		}
		m.changes = append(m.changes, c)
	}
	return &m, nil
}

func decodeChange(list *reader) (change, error) {
	one, err := list.nested(tagSequence)
	if err != nil {
		return change{}, err
	}
	op, err := one.integer(tagEnumerated)
	if err != nil {
		return change{}, err
	}
	if op < int64(opAdd) || op > int64(opReplace) {
		return change{}, notLDAP("a change of kind %d", op)
	}
	body, err := one.nested(tagSequence)
	if err != nil {
		return change{}, err
	}
	c, err := decodeValues(&body)
	c.op = changeOp(op)
	return c, err
}

func (*modifyRequest) tag() byte       { return tagModifyResponse }
func (m *modifyRequest) label() string { return "modify " + m.name }

func (m *modifyRequest) run(s *session, _ *message) error {
	if err := s.signedIn(); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	return s.server.modify(s, m)
}

// modify carries out all changes or none, apart from the count of wrong
// passwords, which a refused change of the password still raises (R-WB-101).
func (s *Server) modify(by *session, m *modifyRequest) error {
	o, err := s.tree.find(m.name)
	if err != nil {
		return err
	}
	if o == nil {
		return noObject(s.tree.closest(m.name))
	}
	if err := s.resolve(m.changes); err != nil {
		return err
	}
	if err := s.mayModify(by.who, o, m.changes); err != nil {
		return err
	}
	d := newDraft(o)
	touched := make([]attr, 0, len(m.changes))
	for _, c := range m.changes {
		touched = append(touched, c.attr)
		if c.attr == attrUnicodePwd {
			continue
		}
		if err := s.changeOne(by, d, c); err != nil {
			return err
		}
	}
	if err := s.finish(by, d, m.changes, touched); err != nil {
		return err
	}
	s.tree.commit(d, s.clock.Now())
	return nil
}

// mayModify checks the right to each attribute that is written. A password is
// a matter of extended rights: Reset Password for a set, Change Password for a
// change, the lack of which is told in different ways (R-WB-102, R-WB-110a).
func (s *Server) mayModify(who *identity, o *object, changes []change) error {
	replaces := slices.ContainsFunc(changes, func(c change) bool { return c.attr == attrUnicodePwd && c.op == opReplace })
	for _, c := range changes {
		switch {
		case c.attr == attrSecurityDescriptor:
			// asked about where the parts are known
		case c.attr != attrUnicodePwd:
			if !s.schema.may(who, o, sd.WriteProperty, s.schema.of(c.attr)) {
				return noRight()
			}
		case replaces:
			if !s.schema.may(who, o, sd.ControlAccess, right(sd.ResetPassword())) {
				return noRightTo("MODIFY")
			}
		case !s.schema.may(who, o, sd.ControlAccess, right(sd.ChangePassword())):
			return refuse(constraintViolation, "error in module acl: Constraint violation during LDB_MODIFY (19)")
		}
	}
	return nil
}

// changeOne carries out one change on the draft, the password excepted.
func (s *Server) changeOne(by *session, d *draft, c change) error {
	a := c.attr
	switch {
	case a == attrSecurityDescriptor:
		if c.op == opDelete || len(c.values) != 1 {
			return willNotPerform("00002077")
		}
		return s.writeDescriptor(d, by.who, c.values[0], by.opts.parts)
	case a.has(isSamOwned):
		return willNotPerform("0000209A")
	case a.has(isBackLink), a.has(isConstructed):
		return willNotPerform("00002035")
	case a.has(isSecret):
		return willNotPerform("0000001F")
	case a == d.o.class.definition().rdn, a == attrName:
		return updateProblem(notAllowedOnRDN, "00002016", 6004, "CANT_ON_RDN")
	case a == attrObjectClass:
		return refuse(objectClassViolation, "00002014: not permitted to change the structural objectClass")
	case a == attrObjectSID:
		return willNotPerform("00002035")
	case a.has(isSystem), a == attrObjectCategory:
		return constraint("0000202F", a.name())
	case !s.allowed(d.o.class, a):
		return notOfClass(a, d.o.class)
	case a.has(isLink):
		return s.applyLink(d, c, by.opts.permissive)
	}
	return d.apply(c, a, by.opts.permissive)
}

func (s *Server) allowed(c classID, a attr) bool { return a.in(c.definition().takes) }

// finish sets the password that is among the changes, and applies the rules of
// accounts to what has been written.
func (s *Server) finish(by *session, d *draft, changes []change, touched []attr) error {
	order, err := readPasswordOrder(changes)
	if err != nil {
		return err
	}
	if order.asked {
		if !by.secure {
			return willNotPerform("0000001F") // R-WB-32
		}
		if !d.o.isAccount() {
			return classViolation("unicodePwd does not belong to " + d.o.class.definition().name)
		}
		if err := s.setPassword(d, order, slices.Contains(touched, attrPwdLastSet)); err != nil {
			return err
		}
	}
	for _, a := range d.o.class.definition().must {
		if len(d.values.get(a)) == 0 {
			return classViolation("no " + a.name())
		}
	}
	if d.o.class.takes(inPrincipal) {
		return s.finishAccount(d, touched)
	}
	return nil
}
