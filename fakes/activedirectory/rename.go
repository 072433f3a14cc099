package activedirectory

import "github.com/ssprlab/ssprlab/lab/directory/sd"

// renameRequest is a request to give an object another name, place or both.
type renameRequest struct {
	name      string
	step      string
	deleteOld bool
	moves     bool
	parent    string
}

func decodeRename(r *reader) (*renameRequest, error) {
	var q renameRequest
	var err error
	if q.name, err = r.text(tagOctets); err != nil {
		return nil, err
	}
	if q.step, err = r.text(tagOctets); err != nil {
		return nil, err
	}
	if q.deleteOld, err = r.boolean(tagBoolean); err != nil {
		return nil, err
	}
	if r.peek() == contextPrimitive {
		q.moves = true
		q.parent, err = r.text(contextPrimitive)
	}
	return &q, err
}

func (*renameRequest) tag() byte       { return tagRenameResponse }
func (q *renameRequest) label() string { return "rename " + q.name + " to " + q.step + " " + q.parent }

func (q *renameRequest) run(s *session, _ *message) error {
	if err := s.signedIn(); err != nil {
		return err
	}
	server := s.server
	server.mu.Lock()
	defer server.mu.Unlock()
	o, err := server.tree.find(q.name)
	if err != nil {
		return err
	}
	if o == nil {
		return noObject(server.tree.closest(q.name))
	}
	return server.rename(s.who, o, q)
}

// rename checks and moves. Links follow by themselves, since they hold objects
// and not names.
func (s *Server) rename(who *identity, o *object, q *renameRequest) error {
	if o.parent == nil || o.isCritical() || !q.deleteOld {
		return willNotPerform("00002077")
	}
	name, err := parseDN(q.step)
	if err != nil || len(name) != 1 {
		return badName(q.step)
	}
	step := name[0]
	if step.kind != o.class.definition().rdn.keyword() {
		return namingProblem(q.step)
	}
	if _, err := checkValue(o.class.definition().rdn, step.value); err != nil {
		return err
	}
	parent := o.parent
	if q.moves {
		if parent, err = s.newParent(o, q.parent); err != nil {
			return err
		}
	}
	if !s.mayRename(who, o, parent, step) {
		return noRight()
	}
	if there := s.tree.childAt(parent, step); there != nil && there != o {
		return nameTaken(there.name)
	}
	s.tree.move(o, parent, step)
	s.tree.touch(o, s.clock.Now())
	return nil
}

func (s *Server) newParent(o *object, text string) (*object, error) {
	parent, err := s.tree.find(text)
	switch {
	case err != nil:
		return nil, err
	case parent == nil:
		return nil, noParent(s.tree.closest(text))
	case parent.within(o), parent.head() != o.head():
		return nil, willNotPerform("00002077")
	case !o.class.fits(parent.class):
		return nil, namingProblem(text)
	}
	return parent, nil
}

// mayRename checks the rights: to write the name, and for a move to delete here
// and create there.
func (s *Server) mayRename(who *identity, o, parent *object, step rdn) bool {
	if step != o.step {
		for _, a := range []attr{attrName, o.class.definition().rdn} {
			if !s.schema.may(who, o, sd.WriteProperty, s.schema.of(a)) {
				return false
			}
		}
	}
	return parent == o.parent ||
		s.mayRemove(who, o) && s.schema.may(who, parent, sd.CreateChild, s.schema.children(o.class))
}
