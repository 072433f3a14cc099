package script

import (
	"fmt"
	"slices"
)

// Tenant is the cloud's side as it stands at the start.
type Tenant struct {
	At              Position
	Combined        CombinedRegistration
	PasswordReset   PasswordReset
	BannedPasswords []string // the custom list (R-PWD-20)
	AdminsReset     bool     // whether administrators may reset at all (R-POL-84, R-POL-86). Default yes
	VerifiedDomains []string // custom domains; none = R-POL-80 applies. Default: the scenario's domain
}

// CombinedRegistration says who sees the combined registration while it is a
// preview (era 2019, R-REG-02).
type CombinedRegistration struct {
	At    Position
	For   Scope  // default all
	Group string // with selected
}

// PasswordReset is the blade. What a scenario leaves out has the values of
// R-GAP-49; the methods are then e-mail and mobile phone (the lab's choice).
type PasswordReset struct {
	At                 Position
	Enabled            Scope  // default none
	Group              string // with selected (R-POL-12)
	MethodsRequired    int    // 1 or 2; default 1
	Methods            []Method
	Questions          Questions
	Registration       Registration
	Notifications      Notifications
	Helpdesk           string // an address or a URL; "" = not customised (R-POL-67)
	WriteBack          bool   // default: whether Connect writes back
	UnlockWithoutReset bool   // default no

	enabled           placed[Scope] // as stated, from here on
	required          placed[int]
	writeBack, unlock placed[bool]
}

// Questions are the counts of the security questions (R-POL-33).
type Questions struct {
	At         Position
	ToRegister int // 3 to 5; default 5
	ToReset    int // 3 to 5 and at most ToRegister; default 3
}

// Registration is the blade's page of that name (R-POL-58, R-POL-59).
type Registration struct {
	At             Position
	Required       bool // default yes
	ReconfirmAfter int  // days, 0 to 730; 0 = never; default 180
}

// Notifications is the blade's page of that name (R-POL-65, R-POL-66).
type Notifications struct {
	At     Position
	Users  bool // default yes
	Admins bool // default no
}

func defaultTenant() Tenant {
	return Tenant{Combined: CombinedRegistration{For: ScopeAll}, PasswordReset: defaultReset(), AdminsReset: true}
}

func defaultReset() PasswordReset {
	return PasswordReset{Enabled: ScopeNone, MethodsRequired: 1, Methods: []Method{Email, MobilePhone},
		Questions: Questions{ToRegister: 5, ToReset: 3}, Registration: Registration{Required: true, ReconfirmAfter: 180},
		Notifications: Notifications{Users: true}}
}

func tenantShape(verified **[]string) shape[Tenant] {
	return object("tenant", "the tenant", func(t *Tenant) []field {
		*t = defaultTenant()
		return []field{
			here(&t.At),
			opt("combined registration", "who sees the preview in era 2019: all, none or a group; default all", combinedShape(), &t.Combined),
			opt("password reset", "the Password reset blade", resetShape(), &t.PasswordReset),
			opt("banned passwords", "the custom list", bannedShape(), &t.BannedPasswords),
			opt("administrators reset", "whether administrators may reset their own passwords at all; default yes", yesNo(), &t.AdminsReset),
			opt("verified domains", "custom domains; default the scenario's; [] = only the tenant's first one",
				maybe(setOf("a list of domains", 0, domain())), verified),
		}
	})
}

// combinedShape reads all, none or a group's name.
func combinedShape() shape[CombinedRegistration] {
	const expected = "all, none or the name of a group"
	s := plainText(expected)
	return shape[CombinedRegistration]{expected, func(r *reader, n *node) (CombinedRegistration, bool) {
		v, ok := s.read(r, n)
		c := CombinedRegistration{At: n.at, For: ScopeSelected, Group: v}
		if scope := Scope(v); scope == ScopeAll || scope == ScopeNone {
			return CombinedRegistration{At: n.at, For: scope}, ok
		}
		if ok {
			r.uses = append(r.uses, use{kind: usesGroup, at: n.at, name: v, also: []string{string(ScopeAll), string(ScopeNone)}})
		}
		return c, ok
	}, s.schema}
}

// bannedShape is the custom list: at most 1000 terms of 4 to 16 characters
// (R-PWD-20).
func bannedShape() shape[[]string] {
	const expected = "a list of at most 1000 terms of 4 to 16 characters"
	s := setOf(expected, 0, matching("a term of 4 to 16 characters (R-PWD-20)", `^\S{4,16}$`))
	return checked(s, func(r *reader, n *node, v []string) bool {
		if len(n.items) > 1000 {
			r.problem(n.at, "the list has more than 1000 terms (R-PWD-20)", expected, "")
			return false
		}
		return true
	})
}

func resetShape() shape[PasswordReset] {
	s := object("password reset policy", "the Password reset blade", func(p *PasswordReset) []field {
		*p = defaultReset()
		return []field{
			here(&p.At),
			opt("enabled", "for whom; default none", at(oneOf("scope", scopes())), &p.enabled),
			opt("group", "the one group of selected", groupRef(), &p.Group),
			opt("methods required", "to reset; default 1", at(whole(1, 2)), &p.required),
			opt("methods", "the methods people may use; default e-mail and mobile phone",
				setOf("a list of methods", 1, oneOf("method", policyMethods())), &p.Methods),
			opt("questions", "the security questions' counts", questionsShape(), &p.Questions),
			opt("registration", "the Registration page", registrationShape(), &p.Registration),
			opt("notifications", "the Notifications page", notificationsShape(), &p.Notifications),
			opt("helpdesk", "the custom help desk's mail address or URL; default not customised", helpdesk(), &p.Helpdesk),
			opt("write back", "default: whether Connect writes back", at(yesNo()), &p.writeBack),
			opt("unlock without reset", "default no", at(yesNo()), &p.unlock),
		}
	})
	s = mapped(s, func(p PasswordReset) PasswordReset {
		if p.enabled.stated() {
			p.Enabled = p.enabled.value
		}
		if p.required.stated() {
			p.MethodsRequired = p.required.value
		}
		return p
	})
	return checked(s, checkReset)
}

func questionsShape() shape[Questions] {
	s := object("security questions", "the security questions' counts", func(q *Questions) []field {
		*q = defaultReset().Questions
		return []field{
			here(&q.At),
			opt("to register", "default 5", whole(3, 5), &q.ToRegister),
			opt("to reset", "default 3", whole(3, 5), &q.ToReset),
		}
	})
	return checked(s, func(r *reader, _ *node, q Questions) bool {
		if q.ToReset > q.ToRegister {
			r.problem(q.At, "more questions to reset than to register (R-POL-33)", "to reset: at most to register", "")
			return false
		}
		return true
	})
}

func registrationShape() shape[Registration] {
	type draft struct {
		Registration
		reconfirm placed[int]
	}
	s := object("registration page", "the Registration page", func(d *draft) []field {
		d.Registration = defaultReset().Registration
		d.reconfirm.value = d.ReconfirmAfter
		return []field{
			here(&d.At),
			opt("required", "people must register when they sign in; default yes", yesNo(), &d.Required),
			opt("reconfirm after", "days; default 180, 0 = never (R-POL-59)", at(whole(0, 730)), &d.reconfirm),
		}
	})
	s = checked(s, func(r *reader, _ *node, d draft) bool {
		if d.reconfirm.stated() && !d.Required {
			r.problem(d.reconfirm.at, "the days exist only while registration is required (R-POL-60)", "required: yes, or no days", "")
			return false
		}
		return true
	})
	return mapped(s, func(d draft) Registration {
		d.ReconfirmAfter = d.reconfirm.value
		return d.Registration
	})
}

func notificationsShape() shape[Notifications] {
	return object("notifications page", "the Notifications page", func(n *Notifications) []field {
		*n = defaultReset().Notifications
		return []field{
			here(&n.At),
			opt("users", "mail people when their password was reset; default yes", yesNo(), &n.Users),
			opt("admins", "mail administrators when another one's was; default no", yesNo(), &n.Admins),
		}
	})
}

// checkReset refuses what the blade refuses.
func checkReset(r *reader, n *node, p PasswordReset) bool {
	before := len(r.problems)
	switch {
	case n.has("enabled") && !p.enabled.stated(): // a problem of its own
	case p.Enabled == ScopeSelected && p.Group == "":
		r.problem(n.at, "password reset is enabled for a group, and none is named (R-POL-12)", "group: <name>", "")
	case p.Enabled != ScopeSelected && p.Group != "":
		r.problem(n.at, "a group is named, but password reset is not enabled for a group (R-POL-05)", "enabled: selected, or no group", "")
	}
	if p.Questions.At.Line != 0 && !slices.Contains(p.Methods, SecurityQuestions) {
		r.problem(p.Questions.At, "the counts exist only while security questions are among the methods (R-POL-05)",
			"methods: [security questions, …], or no questions", "")
	}
	if !n.has("methods required") || p.required.stated() {
		checkMethods(r, n, p)
	}
	return len(r.problems) == before
}

// checkMethods holds the methods against their number (R-POL-23, R-POL-26,
// R-POL-30). Two required with a single method and no app is saved with a
// warning by the blade (R-GAP-63), so it may stand here too.
func checkMethods(r *reader, n *node, p PasswordReset) {
	app, others := false, 0
	for _, m := range p.Methods {
		if m.App() {
			app = true
		} else {
			others++
		}
	}
	if p.MethodsRequired == 1 && slices.Contains(p.Methods, AppNotification) {
		r.problem(n.at, "the app notification is not available while one method is required (R-POL-23)",
			"methods required: 2, or no mobile app notification", "")
	}
	if app && others < p.MethodsRequired {
		r.problem(n.at, fmt.Sprintf("the app cannot be the only method: %d required, %d beside the app (R-POL-26)", p.MethodsRequired, others),
			"beside the app, at least "+plural(p.MethodsRequired, "method"), "")
	}
}
