package script

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Group is a group that exists at the start, or one that a step makes.
type Group struct {
	At      Position
	Name    string
	From    Source   // default cloud
	Members []string // people's keys
	Exists  bool     // default yes; no = declared to be spoken of, and made by a step
}

// Person is somebody with an account, as it stands at the start.
type Person struct {
	At                   Position
	Key                  string // the actor's name in the scenario: "adele"
	Name                 string // given name and surname
	GivenName, Surname   string
	UserName             string // default the key
	UPN                  string // user name @ domain
	From                 Source // default cloud
	Password             string // "" = drawn from the seed
	Licence              string // SKU part number; "" = none
	Roles                []string
	Mail                 string // primary address; default the UPN
	AlternateEmail       string
	Mobile, OfficePhone  string    // of the directory; they serve for reset at once (R-POL-47)
	OwnMobile, OwnEmail  string    // what the person has and no directory knows of
	Registered           []Method  // with the values above
	RegisteredOn         time.Time // zero = when the scenario starts
	MustChange           bool      // at the next sign-in
	Locked               bool      // on-premises, by wrong passwords
	Enabled              bool      // default yes
	PasswordNeverExpires bool
	UsageLocation        string // default US
}

// Admin reports whether the person holds a role whose holders follow the
// administrator policy (R-POL-78); reader roles are not among them (R-POL-89).
func (p *Person) Admin() bool {
	return slices.ContainsFunc(p.Roles, func(role string) bool { return !strings.HasSuffix(role, "Reader") })
}

// Phone is the mobile phone that the person holds: the own one, or else that of
// the directory.
func (p *Person) Phone() string { return cmp.Or(p.OwnMobile, p.Mobile) }

// Mailbox is the mailbox beside the primary one that the person reads: the own
// one, or else the alternate one.
func (p *Person) Mailbox() string { return cmp.Or(p.OwnEmail, p.AlternateEmail) }

const keyForm = `^[a-z][a-z0-9-]{0,31}$`

// personKey is the key of a person who is declared here.
func personKey() shape[placed[string]] {
	const expected = "an actor's name: a small letter, then small letters, digits and hyphens"
	s := checked(matching(expected, keyForm), func(r *reader, n *node, v string) bool {
		if v == Planner {
			r.problem(n.at, "planner is built in and has no account", "another actor's name", "")
			return false
		}
		r.uses = append(r.uses, use{kind: declaresPerson, name: v})
		return true
	})
	return at(s)
}

// personRef is the key of a person who is declared somewhere.
func personRef() shape[string] { return someone("a person's key under people:") }

// someone is a person's key, or one of the words that would do as well.
func someone(expected string, also ...string) shape[string] {
	s := checked(plainText(expected), func(r *reader, n *node, v string) bool {
		if !slices.Contains(also, v) {
			r.uses = append(r.uses, use{kind: usesPerson, at: n.at, name: v, also: also})
		}
		return true
	})
	s.schema = matching(expected, keyForm).schema
	return s
}

// groupRef is the name of a group that is declared somewhere.
func groupRef() shape[string] {
	return checked(line(), func(r *reader, n *node, v string) bool {
		r.uses = append(r.uses, use{kind: usesGroup, at: n.at, name: v})
		return true
	})
}

// groupName is the name of a group that is declared here.
func groupName() shape[placed[string]] {
	return at(checked(line(), func(r *reader, _ *node, v string) bool {
		r.uses = append(r.uses, use{kind: declaresGroup, name: v})
		return true
	}))
}

func groupShape() shape[*Group] {
	s := object("group", "a group", func(g *Group) []field {
		g.From, g.Exists = FromCloud, true
		return []field{
			opt("from", "where it is managed; default cloud", oneOf("source", sources()), &g.From),
			opt("members", "people", setOf("a list of people", 0, personRef()), &g.Members),
			opt("exists", "no = a step makes it; default yes", yesNo(), &g.Exists),
		}
	})
	s = checked(s, func(r *reader, n *node, g Group) bool {
		if !g.Exists && len(g.Members) > 0 {
			r.problem(n.at, "a group that does not exist yet has no members", "exists: yes, or no members", "")
			return false
		}
		return true
	})
	return mapped(s, func(g Group) *Group { return &g })
}

// personDraft is a person with what the checks and defaults depend on.
type personDraft struct {
	Person
	registered placed[[]Method]
	on         placed[time.Time]
	licence    placed[string]
	locked     placed[bool]
}

func personShape() shape[*Person] {
	s := object("person", "a person", func(p *personDraft) []field {
		p.From, p.Enabled, p.UsageLocation = FromCloud, true, "US"
		return []field{
			req("name", "given name and surname", fullName(), &p.Name),
			opt("user name", "before the @ of the UPN, or a whole UPN; default the key", userName(), &p.UserName),
			opt("from", "where the account is managed; default cloud", oneOf("source", sources()), &p.From),
			opt("password", "default drawn from the seed", matching("a password of 1 to 256 characters", `^[^\n]{1,256}$`), &p.Password),
			opt("licence", "default none", at(oneOf("licence", licences())), &p.licence),
			opt("roles", "directory roles", setOf("a list of roles", 0, oneOf("role", roles())), &p.Roles),
			opt("mail", "the primary address; default the UPN", address(), &p.Mail),
			opt("alternate email", "the alternate address", address(), &p.AlternateEmail),
			opt("mobile", "the mobile number", phone(), &p.Mobile),
			opt("office phone", "the office number", phone(), &p.OfficePhone),
			opt("own mobile", "a mobile phone that no directory knows of", phone(), &p.OwnMobile),
			opt("own email", "a mailbox that no directory knows of", address(), &p.OwnEmail),
			opt("registered", "the methods registered before the scenario starts",
				at(setOf("a list of methods", 0, oneOf("method", ownMethods()))), &p.registered),
			opt("registered on", "when; default at the start", at(moment()), &p.on),
			opt("must change", "the password at the next sign-in; default no", yesNo(), &p.MustChange),
			opt("locked", "on-premises, by wrong passwords; default no", at(yesNo()), &p.locked),
			opt("enabled", "default yes", yesNo(), &p.Enabled),
			opt("password never expires", "default no", yesNo(), &p.PasswordNeverExpires),
			opt("usage location", "two capital letters; default US", matching("a country's two capital letters", `^[A-Z]{2}$`), &p.UsageLocation),
		}
	})
	return mapped(checked(s, checkPerson), func(p personDraft) *Person {
		p.GivenName, p.Surname, _ = strings.Cut(p.Name, " ")
		p.Licence, p.Locked = p.licence.value, p.locked.value
		p.Registered, p.RegisteredOn = p.registered.value, p.on.value
		return &p.Person
	})
}

// checkPerson holds what is registered against the values it stands on, and
// the account's state against where the account is.
func checkPerson(r *reader, _ *node, p personDraft) bool {
	before := len(r.problems)
	needs := []struct {
		method     Method
		value, key string
	}{{MobilePhone, p.Phone(), "mobile"}, {OfficePhone, p.OfficePhone, "office phone"}, {Email, p.Mailbox(), "alternate email"}}
	for _, need := range needs {
		if need.value == "" && slices.Contains(p.registered.value, need.method) {
			r.problem(p.registered.at, fmt.Sprintf("%s is registered, but there is no %s to register", need.method, need.key), need.key+": …", "")
		}
	}
	if p.on.stated() && len(p.registered.value) == 0 {
		r.problem(p.on.at, "a time of registration, but nothing is registered", "registered: [a method, …]", "")
	}
	if p.locked.value && p.From == FromCloud {
		r.problem(p.locked.at, "only an account of the directory can start locked", "from: directory", "")
	}
	return len(r.problems) == before
}

func fullName() shape[string] {
	return matching("given name and surname, such as Adele Birch", `^\S+( \S+)+$`)
}

// userName is what may stand before the @ of a UPN, or all of one (R-PWD-09).
func userName() shape[string] {
	return matching("a user name such as adele.birch: letters, digits and '.-_!#^~, 64 at most, no dot at the end (R-PWD-09)",
		`^[A-Za-z0-9'.\-_!#^~]{0,63}[A-Za-z0-9'\-_!#^~](@[A-Za-z0-9.-]{1,48})?$`)
}
