package entra

import "time"

// Era chooses between the figures of two times where they differ (R-GAP).
type Era uint8

// The eras: today's product, and that of the field notes (2018-2020).
const (
	Now Era = iota
	Era2019
)

// String returns the era's name in scenarios: "now" or "2019".
func (e Era) String() string { return [...]string{"now", "2019"}[e] }

// ParseEra finds an era by its name.
func ParseEra(name string) (Era, bool) {
	switch name {
	case "now", "":
		return Now, true
	case "2019":
		return Era2019, true
	}
	return Now, false
}

// Names are what the product calls things in an era (14.2).
type Names struct {
	Directory   string // the product
	Connect     string
	Portal      string
	Premium     string
	GlobalAdmin string
	Suite       string // the portal people sign in to
}

// Names returns the names of the era.
func (e Era) Names() Names {
	if e == Era2019 {
		return Names{"Azure Active Directory", "Azure AD Connect", "Azure portal", "Azure AD Premium", "Global administrator", "Office 365"}
	}
	return Names{"Entra ID", "Entra Connect", "Entra admin center", "Entra ID", GlobalAdministrator, "365"}
}

// CodeLifetime is how long a mailed or texted code lives (R-RST-28).
const CodeLifetime = 5 * time.Minute

// SessionLifetime is how long a reset or a registration may take from its
// start (R-RST-41, R-REG-54).
const SessionLifetime = 15 * time.Minute
