package script

import "strings"

// The acts away from the page: on the actor's phone, with the actor's mail
// program, at a computer of the domain.
type (
	// AnswerCall answers the phone and presses a key, or declines.
	AnswerCall struct{ Key string } // "" = declined
	// ApproveNotification approves what the authenticator app shows.
	ApproveNotification struct {
		Number Value // what to type; default the number that the page shows, when it shows one (R-RST-38)
	}
	// DenyNotification denies it.
	DenyNotification struct{}
	// SendMail sends a mail from a template that the project ships.
	SendMail struct {
		Template string
		To       []Recipient
	}
	// Bind signs in to the directory by LDAP, as a computer of the domain does.
	Bind struct {
		Password Value      // default the actor's password as it is now
		Times    int        // default 1
		Result   BindResult // of the last time; default ok
	}
)

func (AnswerCall) act()          {}
func (ApproveNotification) act() {}
func (DenyNotification) act()    {}
func (SendMail) act()            {}
func (Bind) act()                {}

// BindResult is how a bind ends (R-WB-110b).
type BindResult string

// The results.
const (
	BindOK         BindResult = "ok"
	BindWrong      BindResult = "wrong"
	BindLocked     BindResult = "locked"
	BindDisabled   BindResult = "disabled"
	BindMustChange BindResult = "must change"
	BindExpired    BindResult = "expired"
)

// Recipient is who gets a mail: a person at the primary address, the members
// of a group, or an address. No group has the name of a person's key.
type Recipient struct {
	At      Position
	Name    string // a person's key or a group's name, or ""
	Address Value  // else this
}

func handVerbs() []verb {
	keys := called("#", "*", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	keys = append(keys, word[string]{name: "decline"})
	answer := mapped(oneOf(`key ("#" confirms)`, keys), func(k string) AnswerCall { return AnswerCall{k} })
	send := with("send mail", "a template, and to whom", sendShape())
	send.planner = true
	bind := with("bind", "sign in to the directory", bindShape()).orAlone(Bind{Times: 1, Result: BindOK})
	bind.onPrem = true
	return []verb{
		with("answer call", `"#" or decline`, answer),
		with("approve notification", "the number to type", approveShape()).orAlone(ApproveNotification{}),
		alone("deny notification", "deny what the app asks", DenyNotification{}),
		send,
		bind,
	}
}

func approveShape() shape[ApproveNotification] {
	return object("approve notification act", "the number to type", func(a *ApproveNotification) []field {
		return []field{req("number", "the number to type into the app", value("a number", false), &a.Number)}
	})
}

func sendShape() shape[SendMail] {
	return object("send mail act", "a template, and to whom", func(s *SendMail) []field {
		return []field{
			req("template", "a template that the project ships", oneOf("template", called("awareness")), &s.Template),
			req("to", "a group, a person, an address or a list of them",
				oneOrMore("a group, a person, an address or a list of them", recipient(true)), &s.To),
		}
	})
}

func bindShape() shape[Bind] {
	results := called(BindOK, BindWrong, BindLocked, BindDisabled, BindMustChange, BindExpired)
	return object("bind act", "sign in to the directory", func(b *Bind) []field {
		b.Times, b.Result = 1, BindOK
		return []field{
			opt("password", "default the actor's password as it is now", value("a password", false), &b.Password),
			opt("times", "default 1", whole(1, 50), &b.Times),
			opt("result", "of the last time; default ok", oneOf("result", results), &b.Result),
		}
	})
}

// recipient is a person, an address or, where groups may stand, a group.
func recipient(groups bool) shape[Recipient] {
	expected := "a person's key, or an address"
	if groups {
		expected = "a group's name, a person's key, or an address"
	}
	s := value(expected, false)
	return shape[Recipient]{expected, func(r *reader, n *node) (Recipient, bool) {
		v, ok := s.read(r, n)
		to := Recipient{At: n.at, Address: v}
		word, literal := v.Literal()
		if !ok || !literal || strings.Contains(word, "@") {
			return to, ok
		}
		u := use{kind: usesPerson, at: n.at, name: word}
		if groups {
			u.kind = usesRecipient
		}
		r.uses = append(r.uses, u)
		return Recipient{At: n.at, Name: word}, true
	}, s.schema}
}
