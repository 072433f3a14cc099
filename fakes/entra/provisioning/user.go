package provisioning

import (
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/provisioning/export"
)

// index is what a batch needs to find objects by.
type index struct {
	mails  map[string]string // ids of cloud-only users by lower-case mail address
	groups map[string]string // ids of synchronised groups by source anchor
}

// index lists the tenant as it is before a batch, as far as the batch needs it.
func (s *Service) index(b export.Batch) index {
	known := index{map[string]string{}, map[string]string{}}
	if s.anyNew(b.Users) {
		for _, u := range s.tenant.Users() {
			if !u.Synced() && u.Mail != "" {
				known.mails[strings.ToLower(u.Mail)] = u.ID
			}
		}
	}
	if len(b.Groups)+len(b.Deleted) > 0 {
		for _, g := range s.tenant.Groups() {
			if g.OnPremises != nil {
				known.groups[g.OnPremises.ImmutableID] = g.ID
			}
		}
	}
	return known
}

// anyNew reports whether a user is not in the tenant by its anchor.
func (s *Service) anyNew(users []export.User) bool {
	for _, u := range users {
		if _, ok := s.anchored(u.Anchor); !ok {
			return true
		}
	}
	return false
}

// anchored returns the user with a source anchor: the hard match.
func (s *Service) anchored(anchor string) (entra.User, bool) {
	u, ok := s.tenant.User(anchor)
	return u, ok && u.Synced() && u.OnPremises.ImmutableID == anchor
}

// user creates, joins or updates a user (R-AAC-24, R-AAC-25).
func (s *Service) user(u export.User, known index) export.Result {
	if u.Anchor == "" || u.SAM == "" {
		return failed(u.Anchor, export.DataValidation, "a user needs a source anchor and an account name, "+u.DN+" lacks one")
	}
	u.UPN = s.principalName(u)
	if old, ok := s.anchored(u.Anchor); ok {
		return s.updateUser(old, u, export.Updated)
	}
	match, ok := s.softMatch(u, known)
	switch {
	case !ok:
		return s.addUser(u)
	case match.Synced():
		return failed(u.Anchor, export.DuplicateValue, u.UPN+" belongs to another object of the directory")
	case match.Admin() && s.tenant.Era() == entra.Now:
		return failed(u.Anchor, export.InvalidSoftMatch, match.UPN+" holds an administrator's role and is not joined")
	}
	return s.updateUser(match, u, export.Joined)
}

// softMatch finds who has the user principal name, else the cloud-only user
// who has the primary mail address.
func (s *Service) softMatch(u export.User, known index) (entra.User, bool) {
	if match, ok := s.tenant.User(u.UPN); ok {
		return match, true
	}
	id, ok := known.mails[strings.ToLower(u.Mail)]
	if !ok || u.Mail == "" {
		return entra.User{}, false
	}
	return s.tenant.User(id)
}

// principalName returns the name that a user signs in with: its own if the
// suffix is verified, else under the tenant's default domain.
func (s *Service) principalName(u export.User) string {
	name, suffix, _ := strings.Cut(u.UPN, "@")
	domains := s.tenant.Domains()
	for _, d := range domains {
		if name != "" && strings.EqualFold(d, suffix) {
			return u.UPN
		}
	}
	if name == "" {
		name = u.SAM
	}
	return name + "@" + domains[0]
}

func (s *Service) addUser(u export.User) export.Result {
	var fresh entra.User
	s.write(&fresh, u)
	added, err := s.tenant.AddUser(fresh)
	if err != nil {
		return failed(u.Anchor, export.DuplicateValue, err.Error())
	}
	return export.Result{Anchor: u.Anchor, ID: added.ID, Action: export.Added}
}

func (s *Service) updateUser(old entra.User, u export.User, action export.Action) export.Result {
	changed := false
	_, err := s.tenant.Update(old.ID, func(t *entra.User) error {
		before, synced := visible(*t), t.OnPremises
		s.write(t, u)
		changed = before != visible(*t)
		if !changed {
			t.OnPremises.LastSync = synced.LastSync
		}
		return nil
	})
	switch {
	case err != nil:
		return failed(u.Anchor, export.DuplicateValue, err.Error())
	case !changed:
		action = export.Unchanged
	}
	return export.Result{Anchor: u.Anchor, ID: old.ID, Action: action}
}

// face is what synchronisation writes of a user.
type face struct {
	upn, name, given, surname, mail, office, mobile string
	enabled, mustChange                             bool
	passwordSet                                     time.Time
	onPremises                                      entra.OnPremises
}

func visible(u entra.User) face {
	f := face{u.UPN, u.Name, u.GivenName, u.Surname, u.Mail, u.OfficePhone, u.MobilePhone, u.Enabled, u.MustChange, u.PasswordSet, entra.OnPremises{}}
	if u.OnPremises != nil {
		f.onPremises = *u.OnPremises
		f.onPremises.LastSync = time.Time{}
	}
	return f
}

// write puts what the directory says over what the tenant has: R-POL-46 for
// the phones, R-ELG-31 for disabled accounts. What people have registered is
// the tenant's own and stays.
func (s *Service) write(t *entra.User, u export.User) {
	t.UPN, t.Name, t.GivenName, t.Surname, t.Mail = u.UPN, u.DisplayName, u.GivenName, u.Surname, u.Mail
	t.OfficePhone, t.MobilePhone = u.OfficePhone, u.MobilePhone
	t.Enabled, t.MustChange = u.Enabled, u.MustChange
	if !u.PasswordSet.IsZero() {
		t.PasswordSet = u.PasswordSet
	}
	t.OnPremises = &entra.OnPremises{
		ImmutableID: u.Anchor, DN: u.DN, SAM: u.SAM, Domain: u.Domain, SID: u.SID, LastSync: s.tenant.Now(),
	}
}
