package script

// The closed vocabularies: what a method, a licence, a role, an activity or an
// event is called. Adding a word is adding a line here.

// Era is the time a scenario is set in; some of the product's figures differ
// between the two (R-GAP).
type Era string

// The eras.
const (
	Era2019 Era = "2019" // the field notes: combined registration is a preview
	EraNow  Era = "now"
)

func eras() []word[Era] { return called(Era2019, EraNow) }

// Source says where an account or a group is managed.
type Source string

// The sources.
const (
	FromCloud     Source = "cloud"
	FromDirectory Source = "directory" // on-premises, synchronised by Connect
)

func sources() []word[Source] { return called(FromCloud, FromDirectory) }

// Method is a way to prove who one is, in the words of the blade (R-POL-21).
type Method string

// The methods.
const (
	AppNotification   Method = "mobile app notification"
	AppCode           Method = "mobile app code"
	Email             Method = "email"
	MobilePhone       Method = "mobile phone"
	OfficePhone       Method = "office phone"
	SecurityQuestions Method = "security questions"
)

// App reports whether the method is one of the authenticator app's, which
// count as one kind (R-POL-27).
func (m Method) App() bool { return m == AppNotification || m == AppCode }

// policyMethods are the methods as the policy calls them.
func policyMethods() []word[Method] {
	return called(AppNotification, AppCode, Email, MobilePhone, OfficePhone, SecurityQuestions)
}

// ownMethods are the methods as people have them.
func ownMethods() []word[Method] {
	return []word[Method]{
		{name: "app notification", value: AppNotification}, {name: "app code", value: AppCode},
		{name: "email", value: Email}, {name: "mobile phone", value: MobilePhone},
		{name: "office phone", value: OfficePhone}, {name: "security questions", value: SecurityQuestions},
	}
}

// Scope says for whom password reset is enabled (R-POL-11).
type Scope string

// The scopes.
const (
	ScopeNone     Scope = "none"
	ScopeSelected Scope = "selected" // one group, R-POL-12
	ScopeAll      Scope = "all"
)

func scopes() []word[Scope] { return called(ScopeNone, ScopeSelected, ScopeAll) }

// Right is one of the rights that are delegated to Connect's account on the
// directory (R-GAP-14).
type Right string

// The rights.
const (
	RightReset    Right = "reset password"
	RightChange   Right = "change password"
	RightLockout  Right = "write lockout time"
	RightLastSet  Right = "write password last set"
	RightUnexpire Right = "unexpire password"
)

func rights() []word[Right] {
	return called(RightReset, RightChange, RightLockout, RightLastSet, RightUnexpire)
}

// licences are the SKU part numbers that the tenant knows (graph-fidelity 2.4).
func licences() []word[string] {
	words := called("AAD_PREMIUM", "AAD_PREMIUM_P2", "EMS", "EMSPREMIUM", "SPE_E3", "SPE_E5", "SPB",
		"ENTERPRISEPACK", "ENTERPRISEPREMIUM", "O365_BUSINESS_PREMIUM")
	return append(words, word[string]{name: "none"})
}

// roles are the directory roles that the tenant knows (R-POL-88, R-POL-89).
func roles() []word[string] {
	return called("Global Administrator", "Authentication Administrator", "Authentication Policy Administrator",
		"Conditional Access Administrator", "Directory Synchronization Accounts", "Domain Name Administrator",
		"Global Reader", "Groups Administrator", "Helpdesk Administrator", "Hybrid Identity Administrator",
		"License Administrator", "Password Administrator", "Privileged Authentication Administrator",
		"Privileged Role Administrator", "Reports Reader", "Security Administrator", "Security Reader",
		"User Administrator")
}

// activities are the audit log's activities (R-AUD-01..09, R-AUD-35..42) and
// the directory's own that a journey causes.
func activities() []word[string] {
	return called("Blocked from self-service password reset", "Change password (self-service)",
		"Reset password (by admin)", "Reset password (self-service)",
		"Self-service password reset flow activity progress", "Unlock user account (self-service)",
		"User registered for self-service password reset", "Security info saved for self-service password reset",
		"Self-service password reset policy changes",
		"Enable password writeback for directory", "Disable password writeback for directory",
		"User registered all required security info", "User registered security info",
		"User reviewed security info", "User deleted security info", "User changed default security info",
		"User started security info registration", "User canceled security info registration",
		"User started password change", "User started password reset", "Admin started password reset",
		"Admin registered security info", "Admin deleted security info", "Admin updated security info",
		"Add user", "Update user", "Delete user", "Enable account", "Disable account",
		"Add group", "Update group", "Delete group", "Add member to group", "Remove member from group",
		"Add member to role", "Remove member from role", "Change user license",
		"Change user password", "Reset user password", "Update StsRefreshTokenValidFrom Timestamp")
}

// agentEvents are the numbers in the agent's event log (R-WB-43, R-WB-55..79).
func agentEvents() []int {
	return []int{403, 405, 6329, 6800, 31001, 31002, 31003, 31004, 31005, 31006, 31007, 31008, 31009, 31010, 31011,
		31012, 31013, 31014, 31015, 31016, 31017, 31018, 31019, 31034, 31044,
		32000, 32001, 32002, 32003, 32004, 32005, 32007, 32008, 32009, 32010, 32011, 32013, 32014, 32015,
		33001, 33002, 33003, 33004, 33005, 33006, 33007, 33008, 33009}
}

// Place is a site of the lab that a person can open.
type Place string

// The places.
const (
	PlaceOffice        Place = "office"
	PlaceSignIn        Place = "sign-in"
	PlacePasswordReset Place = "password reset"
	PlaceSecurityInfo  Place = "security info"
	PlaceAccount       Place = "account"
	PlacePortal        Place = "portal"
	PlaceConnectWizard Place = "connect wizard"
	PlaceMailbox       Place = "mailbox" // the catcher's page with the actor's mail
	PlacePhone         Place = "phone"   // the page with the actor's texts and calls
)

func places() []word[Place] {
	return called(PlaceOffice, PlaceSignIn, PlacePasswordReset, PlaceSecurityInfo, PlaceAccount, PlacePortal, PlaceConnectWizard, PlaceMailbox, PlacePhone)
}
