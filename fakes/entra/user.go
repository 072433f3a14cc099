package entra

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// User is a person's object in the tenant. It is a value: what [Tenant] hands
// out is a copy, and changes go through [Tenant.Update].
type User struct {
	ID                string // GUID
	UPN               string
	Name              string // display name
	GivenName         string
	Surname           string
	Mail              string   // primary e-mail address
	AlternateMails    []string // otherMails; the first serves as alternate e-mail
	MobilePhone       string   // the public directory attribute
	OfficePhone       string
	UsageLocation     string // needed before a licence (R-LIC-06)
	PreferredLanguage string
	Guest             bool
	Enabled           bool // sign-in allowed in the cloud
	Created           time.Time

	OnPremises *OnPremises // nil: cloud only
	Licences   []string    // SKU part numbers
	Roles      []string    // display names of directory roles

	Security SecurityInfo

	PasswordSet       time.Time
	MustChange        bool      // at the next sign-in
	SessionsValidFrom time.Time // earlier sessions have ended (R-RST-58)

	password  credential
	previous  credential // history of one (R-PWD-05)
	throttles map[counter][]time.Time
	blocked   time.Time // self-service blocked until then (R-RST-68..73)
	smart     smartLockout
}

// OnPremises is what synchronisation says about a user who comes from the
// directory.
type OnPremises struct {
	ImmutableID string // base64 source anchor (R-AAC-23)
	DN          string
	SAM         string
	Domain      string
	SID         string
	LastSync    time.Time
}

// SecurityInfo is what a person has registered. It is private: the public
// directory attributes are the fallback (R-POL-41, R-POL-42).
type SecurityInfo struct {
	Phone     string // Authentication Phone
	Email     string // Authentication Email
	Apps      []App
	Questions []Question
	Default   string    // default sign-in method, one of R-REG-40
	Confirmed time.Time // last completed registration or review (R-GAP-53)
	Deleted   time.Time // a method was deleted, and none registered since (R-POL-64)
}

// App is a registered authenticator app (R-REG-28, R-REG-29).
type App struct {
	ID      string
	Name    string
	Device  string // where notifications go; empty: code only
	Secret  []byte // of its time-based codes
	Added   time.Time
	Counter int64 // the last code that was used, so that none serves twice
}

// Question is a registered security question with its answer (R-POL-33..37).
type Question struct {
	Text   string
	Answer credential
}

// clone returns a copy that shares nothing with u.
func (u *User) clone() User {
	c := *u
	c.AlternateMails = slices.Clone(u.AlternateMails)
	c.Licences = slices.Clone(u.Licences)
	c.Roles = slices.Clone(u.Roles)
	c.throttles = maps.Clone(u.throttles)
	c.Security.Apps = slices.Clone(u.Security.Apps)
	for i := range c.Security.Apps {
		c.Security.Apps[i].Secret = slices.Clone(c.Security.Apps[i].Secret)
	}
	c.Security.Questions = slices.Clone(u.Security.Questions)
	if u.OnPremises != nil {
		o := *u.OnPremises
		c.OnPremises = &o
	}
	return c
}

// AlternateMail returns the alternate e-mail address, or "".
func (u *User) AlternateMail() string {
	if len(u.AlternateMails) == 0 {
		return ""
	}
	return u.AlternateMails[0]
}

// ResetEmail returns the address that codes go to: the Authentication Email,
// else the alternate address (R-POL-42).
func (u *User) ResetEmail() string {
	if u.Security.Email != "" {
		return u.Security.Email
	}
	return u.AlternateMail()
}

// ResetPhone returns the mobile number that texts and calls go to: the
// Authentication Phone, else the public attribute (R-POL-41).
func (u *User) ResetPhone() string {
	if u.Security.Phone != "" {
		return u.Security.Phone
	}
	return u.MobilePhone
}

// HasPush reports whether an app of the user takes notifications (R-RST-39).
func (u *User) HasPush() bool {
	return slices.ContainsFunc(u.Security.Apps, func(a App) bool { return a.Device != "" })
}

// Admin reports whether the user holds a role that puts the fixed
// administrator policy in force (R-POL-78, R-POL-88, R-POL-89).
func (u *User) Admin() bool { return slices.ContainsFunc(u.Roles, coveredRole) }

// GlobalAdmin reports whether the user is a Global Administrator.
func (u *User) GlobalAdmin() bool { return slices.Contains(u.Roles, GlobalAdministrator) }

// Synced reports whether the password is managed on-premises.
func (u *User) Synced() bool { return u.OnPremises != nil }

// NotificationAddresses are where mail about the user's own reset goes: the
// primary and the alternate address, else the UPN (R-NOT-01).
func (u *User) NotificationAddresses() []string {
	var to []string
	for _, a := range []string{u.Mail, u.ResetEmail()} {
		known := slices.ContainsFunc(to, func(b string) bool { return strings.EqualFold(a, b) })
		if a != "" && !known {
			to = append(to, a)
		}
	}
	if len(to) == 0 {
		to = append(to, u.UPN)
	}
	return to
}

// phoneForm is "+CC NNNN", perhaps with an extension (R-POL-50).
var phoneForm = regexp.MustCompile(`^\+[0-9]{1,3} [0-9][0-9 ()-]{3,}([xX][0-9]+)?$`)

// WellFormedPhone reports whether number has the form that reset and
// registration need; a number of another form is no method (R-POL-50,
// R-TRB-05).
func WellFormedPhone(number string) bool { return phoneForm.MatchString(number) }

// DialPhone returns the number as it is dialled, without its extension
// (R-POL-50, R-GAP-27).
func DialPhone(number string) string {
	if i := strings.IndexAny(number, "xX"); i >= 0 {
		return strings.TrimRight(number[:i], " ")
	}
	return number
}

// SamePhone compares two numbers by their digits alone (R-RST-25, R-GAP-42).
func SamePhone(a, b string) bool { return digits(DialPhone(a)) == digits(DialPhone(b)) }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// MaskPhone shows the last two digits (R-GAP-41).
func MaskPhone(number string) string {
	d := digits(DialPhone(number))
	if len(d) < 4 {
		return "**"
	}
	return strings.Repeat("*", len(d)-2) + d[len(d)-2:]
}

// MaskEmail shows the first two letters and the domain (R-GAP-41).
func MaskEmail(address string) string {
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return "**"
	}
	name := []rune(address[:at])
	shown := min(2, len(name))
	return string(name[:shown]) + strings.Repeat("*", max(len(name)-shown, 1)) + address[at:]
}

// setPassword replaces the cloud's verifier; sessions from before end.
func (u *User) setPassword(c credential, mustChange bool, now time.Time) {
	u.previous, u.password = u.password, c
	u.MustChange = mustChange
	u.passwordChanged(now)
}

// passwordChanged notes that the password is new, wherever it is kept
// (R-RST-58).
func (u *User) passwordChanged(now time.Time) {
	u.PasswordSet, u.SessionsValidFrom = now, now
}
