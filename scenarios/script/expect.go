package script

// Expect is what holds after a step. Mails, texts, calls, audit entries and
// events are those since the step began; a step that only expects looks at
// the time since the step before it began.
type Expect struct {
	At        Position
	Mail      []MailExpected
	NoMail    []Recipient // nobody of these got any
	NoMore    bool        // "no mail: anyone else": none but those of Mail
	Phone     []PhoneExpected
	Directory []AccountExpected
	Tenant    []UserExpected
	Audit     []AuditExpected
	NoAudit   []AuditExpected
	Agent     *AgentExpected
}

// MailExpected is a mail that came.
type MailExpected struct {
	At       Position
	To       Recipient
	From     *Value // contained in the sender's name and address
	Subject  *Value // the whole subject
	Contains []Value
	Lacks    []Value
	Count    int // exactly; default 1
}

// PhoneExpected is what a person's phone got; nil = not looked at.
type PhoneExpected struct {
	At                          Position
	Person                      string
	Texts, Calls, Notifications *int
	Contains                    []Value // in one of the texts
}

// AccountExpected is a person's account in the directory, read by LDAP.
type AccountExpected struct {
	At           Position
	Person       string
	Locked       *bool
	Enabled      *bool
	MustChange   *bool
	Passwords    []PasswordExpected
	PasswordSet  SetExpected // "" = not looked at
	BadPasswords *int
}

// PasswordExpected is what a bind must say of a password.
type PasswordExpected struct {
	Value Value
	Is    bool
}

// SetExpected says whether the password was set by the step.
type SetExpected string

// What can be expected of it.
const (
	SetUnchanged SetExpected = "unchanged"
	SetNow       SetExpected = "now"
)

// UserExpected is a person's account in the tenant, read through Graph; nil =
// not looked at.
type UserExpected struct {
	At            Position
	Person        string
	Registered    *[]Method // exactly these
	EnoughMethods *bool     // isSsprRegistered (R-AUD-51)
	InScope       *bool     // isSsprEnabled
	Capable       *bool     // isSsprCapable (R-AUD-53)
	Licensed      *bool
	Enabled       *bool
	Synchronised  *bool
	MemberOf      []string // among the groups
	NotMemberOf   []string
}

// AuditExpected is an entry of the audit log, read through Graph.
type AuditExpected struct {
	At       Position
	Activity string
	Success  *bool  // nil = either
	Reason   *Value // contained in the reason
	Person   string // the target; "" = anyone
	By       string // the actor; "" = anyone
	Count    *int   // exactly; nil = at least one
}

// AgentExpected is what the agent's event log got.
type AgentExpected struct {
	At       Position
	Events   []int // each at least once, in this order
	NoEvents []int
}

func expectShape() shape[Expect] {
	type draft struct {
		Expect
		none []Recipient
	}
	s := object("expectation", "what holds then", func(e *draft) []field {
		return []field{
			here(&e.At),
			opt("mail", "mails that came", oneOrMore("a mail, or a list of mails", mailShape()), &e.Mail),
			opt("no mail", `people or addresses that got none, or "anyone else"`,
				oneOrMore(`people or addresses, or "anyone else"`, nobody()), &e.none),
			opt("phone", "what phones got", people("what the phone got", phoneShape(),
				func(k placed[string], v PhoneExpected) PhoneExpected { v.At, v.Person = k.at, k.value; return v }), &e.Phone),
			opt("directory", "accounts on-premises", people("the account", accountShape(),
				func(k placed[string], v AccountExpected) AccountExpected { v.At, v.Person = k.at, k.value; return v }), &e.Directory),
			opt("tenant", "accounts in the tenant", people("the account", userShape(),
				func(k placed[string], v UserExpected) UserExpected { v.At, v.Person = k.at, k.value; return v }), &e.Tenant),
			opt("audit", "entries of the audit log", oneOrMore("an entry, or a list of entries", auditShape(true)), &e.Audit),
			opt("no audit", "entries that are not there", oneOrMore("an entry, or a list of entries", auditShape(false)), &e.NoAudit),
			opt("agent", "the agent's event log", maybe(agentShape()), &e.Agent),
		}
	})
	return mapped(atLeastOne(s), func(d draft) Expect {
		for _, to := range d.none {
			if to.Name == anyoneElse {
				d.NoMore = true
			} else {
				d.NoMail = append(d.NoMail, to)
			}
		}
		return d.Expect
	})
}

const anyoneElse = "anyone else"

// nobody is somebody who got no mail.
func nobody() shape[Recipient] {
	s := recipient(false)
	return shape[Recipient]{`a person's key, an address, or "anyone else"`, func(r *reader, n *node) (Recipient, bool) {
		if n.kind == text && n.text == anyoneElse {
			return Recipient{At: n.at, Name: anyoneElse}, true
		}
		return s.read(r, n)
	}, s.schema}
}

// people is a mapping from people to what is expected of each.
func people[V, T any](what string, v shape[V], pair func(placed[string], V) T) shape[[]T] {
	return atLeastOne(entries("a mapping from a person to what holds for "+what, at(personRef()), v, pair))
}

func mailShape() shape[MailExpected] {
	texts := oneOrMore("a text, or a list of texts", value("a text of the mail", false))
	return object("mail", "a mail that came", func(m *MailExpected) []field {
		m.Count = 1
		return []field{
			here(&m.At),
			req("to", "a person (the primary address) or an address", recipient(false), &m.To),
			opt("from", "part of the sender", maybe(value("part of the sender", false)), &m.From),
			opt("subject", "the subject", maybe(value("the subject", false)), &m.Subject),
			opt("contains", "what it says", texts, &m.Contains),
			opt("lacks", "what it does not say", texts, &m.Lacks),
			opt("count", "exactly; default 1", whole(1, 1000), &m.Count),
		}
	})
}

func phoneShape() shape[PhoneExpected] {
	texts := oneOrMore("a text, or a list of texts", value("part of a text", false))
	count := maybe(whole(0, 1000))
	return atLeastOne(object("phone", "what the phone got", func(p *PhoneExpected) []field {
		return []field{
			opt("texts", "how many", count, &p.Texts),
			opt("calls", "how many", count, &p.Calls),
			opt("notifications", "how many", count, &p.Notifications),
			opt("contains", "what one of the texts says", texts, &p.Contains),
		}
	}))
}

func accountShape() shape[AccountExpected] {
	return atLeastOne(object("directory account", "the account on-premises", func(a *AccountExpected) []field {
		return []field{
			opt("locked", "whether it is", maybe(yesNo()), &a.Locked),
			opt("enabled", "whether it is", maybe(yesNo()), &a.Enabled),
			opt("must change", "whether the password must be changed", maybe(yesNo()), &a.MustChange),
			opt("password", "is ${…}, or is not ${…}", oneOrMore("is ${…}, is not ${…}, or a list of them", passwordIs()), &a.Passwords),
			opt("password set", "unchanged or now", oneOf("state of the password", called(SetUnchanged, SetNow)), &a.PasswordSet),
			opt("bad passwords", "how many are counted", maybe(whole(0, 999)), &a.BadPasswords),
		}
	}))
}

func userShape() shape[UserExpected] {
	groups := oneOrMore("a group, or a list of groups", groupRef())
	return atLeastOne(object("tenant account", "the account in the tenant", func(u *UserExpected) []field {
		return []field{
			opt("registered", "exactly these methods", maybe(setOf("a list of methods", 0, oneOf("method", ownMethods()))), &u.Registered),
			opt("enough methods", "as many as a reset needs", maybe(yesNo()), &u.EnoughMethods),
			opt("in scope", "password reset is enabled for the person", maybe(yesNo()), &u.InScope),
			opt("capable", "both of these", maybe(yesNo()), &u.Capable),
			opt("licensed", "a licence is assigned", maybe(yesNo()), &u.Licensed),
			opt("enabled", "sign-in is not blocked", maybe(yesNo()), &u.Enabled),
			opt("synchronised", "from the directory", maybe(yesNo()), &u.Synchronised),
			opt("member of", "groups", groups, &u.MemberOf),
			opt("not member of", "groups", groups, &u.NotMemberOf),
		}
	}))
}

func auditShape(count bool) shape[AuditExpected] {
	status := []word[bool]{{name: "success", value: true}, {name: "failure"}}
	name := "audit entry"
	if !count {
		name = "missing audit entry"
	}
	return object(name, "an entry of the audit log", func(a *AuditExpected) []field {
		all := []field{
			here(&a.At),
			req("activity", "the activity's name", oneOf("activity", activities()), &a.Activity),
			opt("status", "success or failure", maybe(oneOf("status", status)), &a.Success),
			opt("reason", "part of the reason", maybe(value("part of the reason", false)), &a.Reason),
			opt("person", "whom it is about", personRef(), &a.Person),
			opt("by", "who did it", personRef(), &a.By),
		}
		if count {
			all = append(all, opt("count", "exactly; default at least one", maybe(whole(1, 1000)), &a.Count))
		}
		return all
	})
}

func agentShape() shape[AgentExpected] {
	events := listOf("a list of event numbers", 1, eventNumber())
	return atLeastOne(object("agent log", "the agent's event log", func(a *AgentExpected) []field {
		return []field{
			here(&a.At),
			opt("events", "numbers, in this order", events, &a.Events),
			opt("no events", "numbers that are not there", events, &a.NoEvents),
		}
	}))
}
