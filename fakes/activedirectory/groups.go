package activedirectory

import (
	"slices"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// groupsOf returns every group that an account is in, its primary group and
// groups of groups included.
func (s *Server) groupsOf(o *object) []*object {
	var found []*object
	add := func(group *object) {
		if group != nil && !slices.Contains(found, group) {
			found = append(found, group)
		}
	}
	add(s.primaryGroup(o))
	for _, group := range o.linked(attrMemberOf) {
		add(group)
	}
	for i := 0; i < len(found); i++ {
		for _, group := range found[i].linked(attrMemberOf) {
			add(group)
		}
	}
	return found
}

func (s *Server) primaryGroup(o *object) *object {
	if !o.isAccount() {
		return nil
	}
	sid, err := s.sid.WithRID(uint32(o.values.number(attrPrimaryGroupID)))
	if err != nil {
		return nil
	}
	return s.tree.bySID[sid]
}

func (s *Server) tokenGroups(o *object) []string {
	var sids []string
	for _, group := range s.groupsOf(o) {
		if group.values.number(attrGroupType) < 0 { // distribution groups give no rights
			sids = append(sids, string(group.sid.Bytes()))
		}
	}
	return sids
}

// applyLink carries out one change of a request on a link attribute.
func (s *Server) applyLink(d *draft, c change, permissive bool) error {
	if c.op == opReplace || c.op == opDelete && len(c.values) == 0 {
		targets := d.targets(c.attr)
		if c.op == opDelete && len(targets) == 0 && !permissive {
			return noSuchValue(c.attr.name())
		}
		for _, to := range targets {
			d.link(edge{c.attr, to}, false)
		}
	}
	for _, value := range c.values {
		to, err := s.linkTarget(c.attr, value)
		if err != nil {
			return err
		}
		if c.op == opDelete {
			err = d.unlinkOne(edge{c.attr, to}, permissive)
		} else {
			err = s.linkOne(d, edge{c.attr, to}, permissive)
		}
		if err != nil {
			return err
		}
	}
	if c.attr.has(isSingle) && len(d.targets(c.attr)) > 1 {
		return onlyOne(c.attr.name())
	}
	return nil
}

func (s *Server) linkTarget(a attr, value string) (*object, error) {
	to, err := s.tree.find(value)
	if err != nil {
		return nil, badSyntax(a.name())
	}
	if to == nil {
		return nil, noTarget(s.tree.closest(value))
	}
	return to, nil
}

func (s *Server) linkOne(d *draft, e edge, permissive bool) error {
	isMember := e.attr == attrMember && s.primaryGroup(e.to) == d.o
	switch {
	case isMember:
		return alreadyMember(e.to.name) // in the group already, by primaryGroupID
	case !d.linksTo(e):
		d.link(e, true)
	case permissive:
	case e.attr == attrMember:
		return alreadyMember(e.to.name)
	default:
		return valueExists(e.attr.name())
	}
	return nil
}

func (d *draft) unlinkOne(e edge, permissive bool) error {
	switch {
	case d.linksTo(e):
		d.link(e, false)
	case permissive:
	default:
		return noSuchValue(e.attr.name())
	}
	return nil
}

// identity is who has bound, as access lists see it. It is made at the bind and
// does not follow later changes of membership, as on the real product.
type identity struct {
	guid  sd.GUID
	sid   sd.SID
	login string   // DOMAIN\name
	sids  []sd.SID // the account, its groups, and what everybody is
	admin bool     // in Administrators, which brings the privileges
}

func (s *Server) identify(o *object) *identity {
	who := &identity{
		guid:  o.guid,
		sid:   o.sid,
		login: s.netbios + `\` + o.values.text(attrSAMAccountName),
		sids:  []sd.SID{o.sid, sd.Everyone(), sd.AuthenticatedUsers()},
	}
	for _, group := range s.groupsOf(o) {
		if group.values.number(attrGroupType) < 0 {
			who.sids = append(who.sids, group.sid)
		}
	}
	who.admin = slices.Contains(who.sids, sd.Administrators())
	return who
}
