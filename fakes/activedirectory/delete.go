package activedirectory

import "github.com/ssprlab/ssprlab/lab/directory/sd"

// deleteRequest is a request to delete an object, with the control for it all
// that is below. Nothing of it remains: tombstones are not modelled.
type deleteRequest struct{ name string }

func (*deleteRequest) tag() byte       { return tagDeleteResponse }
func (r *deleteRequest) label() string { return "delete " + r.name }

func (r *deleteRequest) run(s *session, _ *message) error {
	if err := s.signedIn(); err != nil {
		return err
	}
	server := s.server
	server.mu.Lock()
	defer server.mu.Unlock()
	o, err := server.tree.find(r.name)
	if err != nil {
		return err
	}
	if o == nil {
		return noObject(server.tree.closest(r.name))
	}
	if err := server.mayDelete(s.who, o, s.opts.treeDelete); err != nil {
		return err
	}
	if len(o.children) > 0 && !s.opts.treeDelete {
		return updateProblem(notAllowedOnNonLeaf, "00002015", 6003, "CANT_ON_NON_LEAF")
	}
	server.tree.remove(o)
	server.tree.nextUSN()
	return nil
}

// mayDelete checks the right to delete: on the object, or on its parent to
// delete children of that class; for a tree, the right to delete trees.
func (s *Server) mayDelete(who *identity, o *object, tree bool) error {
	switch {
	case !o.walk(func(x *object) bool { return x.parent != nil && !x.isCritical() }):
		return willNotPerform("00002094")
	case tree && len(o.children) > 0 && !s.schema.may(who, o, sd.DeleteTree, subject{}):
		return noRightTo("DELETE")
	case tree && len(o.children) > 0, s.mayRemove(who, o):
		return nil
	}
	return noRightTo("DELETE")
}

func (s *Server) mayRemove(who *identity, o *object) bool {
	return s.schema.may(who, o, sd.Delete, subject{}) ||
		s.schema.may(who, o.parent, sd.DeleteChild, s.schema.children(o.class))
}
