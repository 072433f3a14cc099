package provisioning

import (
	"slices"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
)

// group creates a group or finds it by its source anchor; its members follow
// in a second pass.
func (s *Service) group(g export.Group, known index) export.Result {
	if g.Anchor == "" || g.Name == "" {
		return failed(g.Anchor, export.DataValidation, "a group needs a source anchor and a name, "+g.DN+" lacks one")
	}
	if id, ok := known.groups[g.Anchor]; ok {
		return export.Result{Anchor: g.Anchor, ID: id, Action: export.Unchanged}
	}
	added, err := s.tenant.AddGroup(entra.Group{Name: g.Name, OnPremises: s.origin(g)})
	if err != nil {
		return failed(g.Anchor, export.DataValidation, err.Error())
	}
	known.groups[g.Anchor] = added.ID
	return export.Result{Anchor: g.Anchor, ID: added.ID, Action: export.Added}
}

func (s *Service) origin(g export.Group) *entra.OnPremises {
	return &entra.OnPremises{ImmutableID: g.Anchor, DN: g.DN, SAM: g.SAM, Domain: g.Domain, SID: g.SID, LastSync: s.tenant.Now()}
}

// members writes name and members of a group. Members that the tenant does not
// know (out of scope, or not exported yet) are left out.
func (s *Service) members(g export.Group, known index, result *export.Result) {
	if result.Action == export.Failed {
		return
	}
	var ids []string
	for _, anchor := range g.Members {
		if u, ok := s.anchored(anchor); ok {
			ids = append(ids, u.ID)
		} else if id, ok := known.groups[anchor]; ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	_, err := s.tenant.UpdateGroup(result.ID, func(t *entra.Group) error {
		if t.Name == g.Name && slices.Equal(t.Members, ids) && t.OnPremises.DN == g.DN {
			return nil
		}
		t.Name, t.Members, t.OnPremises = g.Name, ids, s.origin(g)
		if result.Action == export.Unchanged {
			result.Action = export.Updated
		}
		return nil
	})
	if err != nil {
		*result = failed(g.Anchor, export.ReferenceNotFound, err.Error())
	}
}

// delete removes the user or group with a source anchor. One that is not there
// is gone already.
func (s *Service) delete(anchor string, known index) export.Result {
	var err error
	if u, ok := s.anchored(anchor); ok {
		err = s.tenant.RemoveUser(u.ID)
	} else if id, ok := known.groups[anchor]; ok {
		err = s.tenant.RemoveGroup(id)
	} else {
		return export.Result{Anchor: anchor, Action: export.Unchanged}
	}
	if err != nil {
		return failed(anchor, export.ReferenceNotFound, err.Error())
	}
	return export.Result{Anchor: anchor, Action: export.Deleted}
}
