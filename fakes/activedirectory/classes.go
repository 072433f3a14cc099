package activedirectory

// classID names a structural class: an index into [classTable].
type classID int

// The classes of which objects can be made.
const (
	classDomain classID = iota
	classBuiltinDomain
	classUnit
	classContainer
	classUser
	classGroup
	classContact
	classSettings
	classSettingsContainer
	classConfiguration
	classCrossRefContainer
	classCrossRef
	classSchema
	classCount
	classUnknown classID = -1
)

// classSet is the set of schema classes that an attribute belongs to, and that
// a structural class takes in, superior and auxiliary ones included.
type classSet int

const (
	inTop classSet = 1 << iota
	inPerson
	inOrgPerson
	inUser
	inGroup
	inPrincipal
	inMail
	inUnit
	inDomain
	inSettings
	inCrossRef
)

// class is the definition of a structural class.
type class struct {
	name     string
	guid     string // schemaIDGUID
	category string // first name of its objectCategory
	chain    []string
	rdn      attr
	takes    classSet
	must     []attr    // what a client has to give
	under    []classID // what it can be made below; none: only the directory makes it
}

// classTable is every structural class the directory knows. Not modelled:
// computer, inetOrgPerson and the other three hundred.
var classTable = [classCount]class{
	classDomain: {"domainDNS", "19195a5b-6da0-11d0-afd3-00c04fd930c9", "Domain-DNS",
		[]string{"top", "domain", "domainDNS"}, attrDC, inTop | inDomain, nil, nil},
	classBuiltinDomain: {"builtinDomain", "bf967a81-0de6-11d0-a285-00aa003049e2", "Builtin-Domain",
		[]string{"top", "builtinDomain"}, attrCN, inTop, nil, nil},
	classUnit: {"organizationalUnit", "bf967aa5-0de6-11d0-a285-00aa003049e2", "Organizational-Unit",
		[]string{"top", "organizationalUnit"}, attrOU, inTop | inUnit, nil, []classID{classUnit, classDomain}},
	classContainer: {"container", "bf967a8b-0de6-11d0-a285-00aa003049e2", "Container",
		[]string{"top", "container"}, attrCN, inTop, nil,
		[]classID{classDomain, classContainer, classConfiguration, classUnit}},
	classUser: {"user", "bf967aba-0de6-11d0-a285-00aa003049e2", "Person",
		[]string{"top", "person", "organizationalPerson", "user"}, attrCN,
		inTop | inPerson | inOrgPerson | inUser | inPrincipal | inMail, nil,
		[]classID{classUnit, classContainer, classDomain, classBuiltinDomain}},
	classGroup: {"group", "bf967a9c-0de6-11d0-a285-00aa003049e2", "Group",
		[]string{"top", "group"}, attrCN, inTop | inGroup | inPrincipal | inMail, nil,
		[]classID{classUnit, classContainer, classDomain, classBuiltinDomain}},
	classContact: {"contact", "5cb41ed0-0e4c-11d0-a286-00aa003049e2", "Person",
		[]string{"top", "person", "organizationalPerson", "contact"}, attrCN,
		inTop | inPerson | inOrgPerson | inMail, nil, []classID{classUnit, classDomain, classContainer}},
	classSettings: {"msDS-PasswordSettings", "3bcd9db8-f84b-451c-952f-6c52b81f9ec6", "ms-DS-Password-Settings",
		[]string{"top", "msDS-PasswordSettings"}, attrCN, inTop | inSettings,
		[]attr{attrSettingsPrecedence, attrSettingsReversible, attrSettingsHistoryLength, attrSettingsComplexity,
			attrSettingsMinLength, attrSettingsMinAge, attrSettingsMaxAge, attrSettingsLockoutThreshold,
			attrSettingsLockoutWindow, attrSettingsLockoutDuration},
		[]classID{classSettingsContainer}},
	classSettingsContainer: {"msDS-PasswordSettingsContainer", "5b06b06a-4cf3-44c0-bd16-43bc10a987da",
		"ms-DS-Password-Settings-Container", []string{"top", "msDS-PasswordSettingsContainer"}, attrCN, inTop, nil, nil},
	classConfiguration: {"configuration", "bf967a87-0de6-11d0-a285-00aa003049e2", "Configuration",
		[]string{"top", "configuration"}, attrCN, inTop, nil, nil},
	classCrossRefContainer: {"crossRefContainer", "ef9e60e0-56f7-11d1-a9c6-0000f80367c1", "Cross-Ref-Container",
		[]string{"top", "crossRefContainer"}, attrCN, inTop, nil, nil},
	classCrossRef: {"crossRef", "bf967a8d-0de6-11d0-a285-00aa003049e2", "Cross-Ref",
		[]string{"top", "crossRef"}, attrCN, inTop | inCrossRef, nil, nil},
	classSchema: {"dMD", "bf967a8f-0de6-11d0-a285-00aa003049e2", "Schema",
		[]string{"top", "dMD"}, attrCN, inTop, nil, nil},
}

func (c classID) definition() *class    { return &classTable[c] }
func (c classID) takes(s classSet) bool { return classTable[c].takes&s != 0 }

// fits reports whether an object of class c can be made below one of parent.
func (c classID) fits(parent classID) bool {
	for _, p := range classTable[c].under {
		if p == parent {
			return true
		}
	}
	return false
}
