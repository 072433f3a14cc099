package entra

import "strings"

// Method is one of the methods of the Authentication methods page (R-POL-21),
// in its order there.
type Method uint8

// The methods of R-POL-21.
const (
	AppNotification Method = iota
	AppCode
	Email
	MobilePhone
	OfficePhone
	SecurityQuestions
	methodCount
)

var methodNames = [...]string{"Mobile app notification", "Mobile app code", "Email", "Mobile phone", "Office phone", "Security questions"}

// String returns the method's label on the page.
func (m Method) String() string { return methodNames[m] }

// App reports whether m is one of the two options of the authenticator app,
// which count as one kind (R-POL-27).
func (m Method) App() bool { return m == AppNotification || m == AppCode }

// Methods lists every method in the order of the page.
func Methods() []Method {
	all := make([]Method, methodCount)
	for i := range all {
		all[i] = Method(i)
	}
	return all
}

// ParseMethod finds a method by its label, whatever the case.
func ParseMethod(label string) (Method, bool) {
	for _, m := range Methods() {
		if strings.EqualFold(m.String(), strings.TrimSpace(label)) {
			return m, true
		}
	}
	return 0, false
}

// MethodSet is a set of methods. The zero value is empty.
type MethodSet uint8

// NewMethodSet returns the set of ms.
func NewMethodSet(ms ...Method) (s MethodSet) {
	for _, m := range ms {
		s |= 1 << m
	}
	return s
}

// Has reports whether m is in the set.
func (s MethodSet) Has(m Method) bool { return s&(1<<m) != 0 }

// App reports whether either option of the app is in the set.
func (s MethodSet) App() bool { return s.Has(AppNotification) || s.Has(AppCode) }

// Others counts the methods that are not the app's.
func (s MethodSet) Others() (n int) {
	for _, m := range s.List() {
		if !m.App() {
			n++
		}
	}
	return n
}

// Kinds counts the methods with the app's two options as one (R-POL-27).
func (s MethodSet) Kinds() int {
	if s.App() {
		return s.Others() + 1
	}
	return s.Others()
}

// List returns the methods in the order of the page.
func (s MethodSet) List() (list []Method) {
	for _, m := range Methods() {
		if s.Has(m) {
			list = append(list, m)
		}
	}
	return list
}

// Option is one entry of the list a person chooses from at a gate: a mobile
// phone is one method but two options, text and call (R-RST-23).
type Option uint8

// The options of R-RST-23, in the order of its table.
const (
	MailCode Option = iota
	TextMobile
	CallMobile
	CallOffice
	AnswerQuestions
	ApproveNotification
	TypeAppCode
)

var options = [...]struct {
	id, label, audit string
	method           Method
}{
	{"email", "Email my alternate email", "email", Email},
	{"text", "Text my mobile phone", "mobile SMS", MobilePhone},
	{"call", "Call my mobile phone", "mobile voice call", MobilePhone},
	{"office", "Call my office phone", "office voice call", OfficePhone},
	{"questions", "Answer my security questions", "security questions", SecurityQuestions},
	{"notification", "Approve a notification on my authenticator app", "mobile app notification", AppNotification},
	{"code", "Enter a code from my authenticator app", "mobile app code", AppCode},
}

// ID returns the option's name in forms and addresses.
func (o Option) ID() string { return options[o].id }

// String returns the option's text in the list.
func (o Option) String() string { return options[o].label }

// Audit returns the option's name in the audit log (R-AUD-14).
func (o Option) Audit() string { return options[o].audit }

// Method returns the method that the option proves.
func (o Option) Method() Method { return options[o].method }

// SameKind reports whether two options may not serve at two gates of one
// reset: text and call of one phone, or the two options of the app (R-RST-21,
// R-RST-22, R-GAP-62, R-POL-27).
func (o Option) SameKind(p Option) bool {
	return o.Method() == p.Method() || o.Method().App() && p.Method().App()
}

// ParseOption finds an option by its id.
func ParseOption(id string) (Option, bool) {
	for i := range options {
		if options[i].id == id {
			return Option(i), true
		}
	}
	return 0, false
}

// OptionsOf returns the options that a set of methods offers at a gate.
func OptionsOf(s MethodSet) (list []Option) {
	for i := range options {
		if s.Has(options[i].method) {
			list = append(list, Option(i))
		}
	}
	return list
}
