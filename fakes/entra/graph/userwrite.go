package graph

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/password"
)

// passwordProfile is how a client sets a password. It is never returned.
type passwordProfile struct {
	Password string `json:"password"`
	Force    *bool  `json:"forceChangePasswordNextSignIn"`
	ForceMFA *bool  `json:"forceChangePasswordNextSignInWithMfa"`
}

// assignment is a property that a client may write.
type assignment struct {
	name string
	// cloud: it belongs to the cloud for synchronised users too.
	cloud bool
	// special is the permission that allows this property alone.
	special string
	set     func(u *entra.User, raw json.RawMessage) *fault
}

func assignText(name string, cloud bool, special string, of func(*entra.User) *string) assignment {
	return assignment{name, cloud, special, func(u *entra.User, raw json.RawMessage) *fault {
		var s *string
		if f := read(raw, &s, name, "User"); f != nil {
			return f
		}
		*of(u) = ""
		if s != nil {
			*of(u) = strings.TrimSpace(*s)
		}
		return nil
	}}
}

// The permissions that reach one property (graph-fidelity 2.5).
const (
	phoneRight    = "User-Phone.ReadWrite.All"
	mailRight     = "User-Mail.ReadWrite.All"
	passwordRight = "User-PasswordProfile.ReadWrite.All"
	enableRight   = "User.EnableDisableAccount.All"
)

// assignments are the writable properties that the tenant keeps. What is not
// the cloud's belongs to the directory on-premises, once a user comes from
// there (graph-fidelity 2.3).
var assignments = []assignment{
	{"accountEnabled", false, enableRight, assignEnabled},
	{"businessPhones", false, phoneRight, assignOfficePhone},
	assignText("displayName", false, "", func(u *entra.User) *string { return &u.Name }),
	assignText("givenName", false, "", func(u *entra.User) *string { return &u.GivenName }),
	assignText("mail", false, "", func(u *entra.User) *string { return &u.Mail }),
	assignText("mobilePhone", false, phoneRight, func(u *entra.User) *string { return &u.MobilePhone }),
	{"otherMails", true, mailRight, assignOtherMails},
	assignText("preferredLanguage", false, "", func(u *entra.User) *string { return &u.PreferredLanguage }),
	assignText("surname", false, "", func(u *entra.User) *string { return &u.Surname }),
	{"usageLocation", true, "", assignLocation},
	assignText("userPrincipalName", false, "", func(u *entra.User) *string { return &u.UPN }),
	{"userType", true, "", assignType},
}

func assignEnabled(u *entra.User, raw json.RawMessage) *fault {
	return read(raw, &u.Enabled, "accountEnabled", "User")
}

func assignOfficePhone(u *entra.User, raw json.RawMessage) *fault {
	var phones []string
	if f := read(raw, &phones, "businessPhones", "User"); f != nil {
		return f
	}
	if len(phones) > 1 {
		return invalid("businessPhones", "User") // the product takes one as well
	}
	u.OfficePhone = strings.Join(phones, "")
	return nil
}

func assignOtherMails(u *entra.User, raw json.RawMessage) *fault {
	var mails []string
	if f := read(raw, &mails, "otherMails", "User"); f != nil {
		return f
	}
	for _, m := range mails {
		if !strings.Contains(m, "@") {
			return invalid("otherMails", "User")
		}
	}
	u.AlternateMails = mails
	return nil
}

func assignLocation(u *entra.User, raw json.RawMessage) *fault {
	var s *string
	if f := read(raw, &s, "usageLocation", "User"); f != nil {
		return f
	}
	u.UsageLocation = ""
	if s == nil {
		return nil
	}
	if len(*s) != 2 {
		return invalid("usageLocation", "User")
	}
	u.UsageLocation = strings.ToUpper(*s)
	return nil
}

func assignType(u *entra.User, raw json.RawMessage) *fault {
	var s string
	if f := read(raw, &s, "userType", "User"); f != nil {
		return f
	}
	switch strings.ToLower(s) {
	case "member":
		u.Guest = false
	case "guest":
		u.Guest = true
	default:
		return invalid("userType", "User")
	}
	return nil
}

// plan is what a body asks to change, checked name by name.
type plan struct {
	steps   []assignment
	values  []json.RawMessage
	profile *passwordProfile
}

// plan sorts a body into what can be done. mailNickname is taken and not kept.
func (q *request) plan(body members) (p plan, f *fault) {
	names := make([]string, 0, len(body))
	for name := range body {
		names = append(names, name)
	}
	slices.Sort(names) // the same body, the same answer
	for _, name := range names {
		raw := body[name]
		i := slices.IndexFunc(assignments, func(a assignment) bool { return strings.EqualFold(a.name, name) })
		switch {
		case i >= 0:
			p.steps, p.values = append(p.steps, assignments[i]), append(p.values, raw)
		case strings.EqualFold(name, "passwordProfile"):
			p.profile = new(passwordProfile)
			if f := read(raw, p.profile, name, "User"); f != nil {
				return p, f
			}
		case strings.EqualFold(name, "mailNickname"):
		case users.schema.Find(name) < 0:
			return p, badf("Could not find a property named '%s' on type 'microsoft.graph.user'.", name)
		case isEmpty(raw):
		default:
			return p, unmodelled("the property " + name + " of users")
		}
	}
	return p, nil
}

// isEmpty reports whether a value says that there is nothing, which is what a
// property that is not kept always says.
func isEmpty(raw json.RawMessage) bool {
	s := string(raw)
	return s == "null" || s == "[]" || s == `""`
}

func (p plan) apply(u *entra.User) *fault {
	for i, a := range p.steps {
		if f := a.set(u, p.values[i]); f != nil {
			return f
		}
	}
	return nil
}

// createUser adds a user of the cloud (graph-fidelity 2.5).
func (q *request) createUser() (reply, *fault) {
	body, _, f := q.object()
	if f != nil {
		return reply{}, f
	}
	for _, name := range []string{"accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"} {
		if raw, ok := body[name]; !ok || isEmpty(raw) {
			return reply{}, required(name, "User")
		}
	}
	p, f := q.plan(body)
	if f != nil {
		return reply{}, f
	}
	var u entra.User
	if f := p.apply(&u); f != nil {
		return reply{}, f
	}
	if f := q.checkUPN(u.UPN); f != nil {
		return reply{}, f
	}
	if p.profile.Password == "" {
		return reply{}, required("passwordProfile", "User")
	}
	if f := q.checkPassword(u, p.profile.Password, q.graph.tenant.Era() == entra.Now); f != nil {
		return reply{}, f
	}
	u, err := q.graph.tenant.AddUser(u)
	if err != nil {
		return reply{}, conflict("userPrincipalName")
	}
	if err := q.graph.tenant.SetPassword(u.ID, p.profile.Password, p.profile.force()); err != nil {
		return reply{}, missingObject(u.ID)
	}
	q.record("Add user", "UserManagement", "Add", u.By(), nil)
	return q.created("users", users.row(&u))
}

// force is whether the password has to be changed at the next sign-in; the
// product's default is that it has.
func (p passwordProfile) force() bool {
	return p.Force == nil || *p.Force || p.ForceMFA != nil && *p.ForceMFA
}

// upnForm is what a user principal name is made of.
var upnForm = regexp.MustCompile(`^[A-Za-z0-9'._!#^~-]{0,63}[A-Za-z0-9'_!#^~-]@[A-Za-z0-9.-]{1,48}$`)

// checkUPN refuses a name that is none, outside the verified domains, or taken
// (R-PWD-09).
func (q *request) checkUPN(upn string) *fault {
	if !upnForm.MatchString(upn) {
		return invalid("userPrincipalName", "User")
	}
	if _, domain, _ := strings.Cut(upn, "@"); !q.graph.verified(domain) {
		return bad("The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.")
	}
	if _, f := q.user(upn); f == nil {
		return conflict("userPrincipalName")
	}
	return nil
}

// checkPassword asks the cloud's password rules (R-PWD-01..03), and the banned
// lists, which who was created in 2019 was not held to (R-PWD-19).
func (q *request) checkPassword(u entra.User, candidate string, banned bool) *fault {
	t := q.graph.tenant
	limits := password.Today
	if t.Era() == entra.Era2019 {
		limits = password.Era2019
	}
	names := []string{u.GivenName, u.Surname, t.Organisation()}
	if password.Form(candidate, limits) == nil && (!banned || password.Banned(candidate, t.Banned(), names) == nil) {
		return nil
	}
	return bad("The specified password does not comply with password complexity requirements. Please provide a different password.")
}

// patchUser changes a user. What the directory on-premises masters it refuses
// (graph-fidelity 2.3).
func (q *request) patchUser() (reply, *fault) {
	body, _, f := q.object()
	if f != nil {
		return reply{}, f
	}
	u, f := q.user(q.args[0])
	if f != nil {
		return reply{}, f
	}
	p, f := q.plan(body)
	if f != nil {
		return reply{}, f
	}
	if f := q.mayPatch(u, p); f != nil {
		return reply{}, f
	}
	next := u
	if f := p.apply(&next); f != nil {
		return reply{}, f
	}
	if !strings.EqualFold(next.UPN, u.UPN) {
		if f := q.checkUPN(next.UPN); f != nil {
			return reply{}, f
		}
	}
	if f := q.patchPassword(u, p.profile); f != nil {
		return reply{}, f
	}
	if len(p.steps) == 0 {
		return done()
	}
	after, err := q.graph.tenant.Update(u.ID, func(u *entra.User) error { p.apply(u); return nil })
	if err != nil {
		return reply{}, conflict("userPrincipalName")
	}
	q.record("Update user", "UserManagement", "Update", after.By(), changes(p, u, after))
	return done()
}

// generalRights reach every property but the password.
var generalRights = []string{"User.ReadWrite.All", "Directory.ReadWrite.All", "User.ReadWrite"}

func (q *request) mayPatch(u entra.User, p plan) *fault {
	if u.Admin() && !q.mayTouchAdmins() {
		return denied()
	}
	for _, a := range p.steps {
		if !q.holds(generalRights...) && (a.special == "" || !q.holds(a.special)) {
			return denied()
		}
	}
	if p.profile != nil && !q.holds(passwordRight, "Directory.AccessAsUser.All") {
		return denied()
	}
	if u.Synced() && (p.profile != nil || slices.ContainsFunc(p.steps, func(a assignment) bool { return !a.cloud })) {
		return mastered()
	}
	return nil
}

func (q *request) patchPassword(u entra.User, p *passwordProfile) *fault {
	if p == nil {
		return nil
	}
	t := q.graph.tenant
	if p.Password == "" {
		if p.Force != nil || p.ForceMFA != nil {
			t.Update(u.ID, func(u *entra.User) error { u.MustChange = p.force(); return nil })
		}
		return nil
	}
	if f := q.checkPassword(u, p.Password, true); f != nil {
		return f
	}
	if err := t.SetPassword(u.ID, p.Password, p.force()); err != nil {
		return &fault{status: http.StatusBadRequest, code: badRequest, message: err.Error()}
	}
	q.record(entra.ActivityCoreReset, "UserManagement", "Update", u.By(), nil)
	q.record(entra.ActivityTokensValidFrom, "UserManagement", "Update", u.By(), nil)
	return nil
}

// changes are the properties of a plan before and after, for the audit log.
func changes(p plan, before, after entra.User) (list []entra.Change) {
	for _, a := range p.steps {
		i := users.schema.Find(a.name)
		was, is := users.columns[i].value(&before), users.columns[i].value(&after)
		list = append(list, entra.Change{Property: a.name, Old: string(was.Append(nil)), New: string(is.Append(nil))})
	}
	return list
}
