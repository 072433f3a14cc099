package activedirectory

// attr names an attribute of the schema: an index into [attributeTable].
type attr int

// The attributes, in the order of [attributeTable].
const (
	attrObjectClass attr = iota
	attrCN
	attrOU
	attrDC
	attrName
	attrDescription
	attrDisplayName
	attrDistinguishedName
	attrObjectGUID
	attrObjectSID
	attrObjectCategory
	attrInstanceType
	attrWhenCreated
	attrWhenChanged
	attrUSNCreated
	attrUSNChanged
	attrSecurityDescriptor
	attrIsCriticalSystemObject
	attrSystemFlags
	attrShowInAdvancedViewOnly
	attrAdminCount
	attrSn
	attrTelephoneNumber
	attrGivenName
	attrInitials
	attrMiddleName
	attrPersonalTitle
	attrGenerationQualifier
	attrTitle
	attrDepartment
	attrDivision
	attrCompany
	attrMail
	attrMobile
	attrHomePhone
	attrPager
	attrIPPhone
	attrFacsimileTelephoneNumber
	attrOtherMobile
	attrOtherTelephone
	attrOtherHomePhone
	attrOtherMailbox
	attrStreet
	attrStreetAddress
	attrPostOfficeBox
	attrPostalCode
	attrL
	attrSt
	attrC
	attrCo
	attrCountryCode
	attrPhysicalDeliveryOfficeName
	attrO
	attrComment
	attrEmployeeID
	attrEmployeeNumber
	attrEmployeeType
	attrDepartmentNumber
	attrPreferredLanguage
	attrUID
	attrThumbnailPhoto
	attrJpegPhoto
	attrInfo
	attrURL
	attrWWWHomePage
	attrBusinessCategory
	attrExtensionName
	attrProxyAddresses
	attrLegacyExchangeDN
	attrUserCertificate
	attrAltSecurityIdentities
	attrConsistencyGUID
	attrSAMAccountName
	attrSAMAccountType
	attrUserPrincipalName
	attrServicePrincipalName
	attrUserAccountControl
	attrUserParameters
	attrAccountExpires
	attrPrimaryGroupID
	attrCodePage
	attrScriptPath
	attrProfilePath
	attrHomeDirectory
	attrHomeDrive
	attrUserWorkstations
	attrLogonHours
	attrUnicodePwd
	attrDBCSPwd
	attrNtPwdHistory
	attrLmPwdHistory
	attrSupplementalCredentials
	attrPwdLastSet
	attrLockoutTime
	attrBadPwdCount
	attrBadPasswordTime
	attrLastLogon
	attrLastLogoff
	attrLastLogonTimestamp
	attrLogonCount
	attrGroupType
	attrMember
	attrMemberOf
	attrManager
	attrDirectReports
	attrManagedBy
	attrManagedObjects
	attrPSOAppliesTo
	attrPSOApplied
	attrGPLink
	attrGPOptions
	attrMinPwdLength
	attrPwdHistoryLength
	attrPwdProperties
	attrMinPwdAge
	attrMaxPwdAge
	attrLockoutThreshold
	attrLockoutDuration
	attrLockOutObservationWindow
	attrForceLogoff
	attrMachineAccountQuota
	attrNTMixedDomain
	attrBehaviorVersion
	attrSettingsPrecedence
	attrSettingsReversible
	attrSettingsHistoryLength
	attrSettingsComplexity
	attrSettingsMinLength
	attrSettingsMinAge
	attrSettingsMaxAge
	attrSettingsLockoutThreshold
	attrSettingsLockoutWindow
	attrSettingsLockoutDuration
	attrNCName
	attrDNSRoot
	attrNETBIOSName
	attrCanonicalName
	attrCreateTimeStamp
	attrModifyTimeStamp
	attrTokenGroups
	attrPrimaryGroupToken
	attrAccountControlComputed
	attrPasswordExpiryComputed
	attrResultantPSO

	attrCount
	attrUnknown attr = -1
)

// syntax says how values of an attribute are checked and compared.
type syntax int

const (
	syntaxText       syntax = iota // Unicode, compared without regard to case
	syntaxClass                    // names of classes
	syntaxName                     // distinguished names
	syntaxOctets                   // bytes, compared as they are
	syntaxIdentifier               // SIDs
	syntaxMoment                   // generalised time
	syntaxInteger                  // 32 bits
	syntaxLarge                    // 64 bits
	syntaxBoolean                  // TRUE or FALSE
	syntaxDescriptor               // security descriptors
)

// traits are what sets an attribute apart from a plain one.
type traits int

const (
	isSingle      traits = 1 << iota // holds one value at most
	isSystem                         // written by the directory alone
	isSamOwned                       // the same, and refused with another code
	isLocal                          // not replicated: a change leaves uSNChanged as it is
	isSecret                         // write-only (R-WB-32)
	isComputed                       // no stored value: taken from the object itself
	isConstructed                    // computed, and returned only on demand
	isLink                           // refers to objects, and follows them
	isBackLink                       // the other end of a link
	isIndexed                        // found without a scan
)

// attribute is the definition of one attribute.
type attribute struct {
	name   string
	guid   string // schemaIDGUID, by which entries of access lists name it
	syntax syntax
	traits traits
	set    propertySet
	max    int // longest value, or highest; 0 means no limit
	in     classSet
}

func (a attr) name() string       { return attributeTable[a].name }
func (a attr) syntax() syntax     { return attributeTable[a].syntax }
func (a attr) has(t traits) bool  { return attributeTable[a].traits&t != 0 }
func (a attr) in(c classSet) bool { return attributeTable[a].in&c != 0 }
func (a attr) isNumber() bool     { return a.syntax() == syntaxInteger || a.syntax() == syntaxLarge }
func (a attr) linked() bool       { return a.has(isLink | isBackLink) }

// partner returns the other end of a link attribute.
func (a attr) partner() attr {
	switch a {
	case attrMember:
		return attrMemberOf
	case attrMemberOf:
		return attrMember
	case attrManager:
		return attrDirectReports
	case attrDirectReports:
		return attrManager
	case attrManagedBy:
		return attrManagedObjects
	case attrManagedObjects:
		return attrManagedBy
	case attrPSOAppliesTo:
		return attrPSOApplied
	case attrPSOApplied:
		return attrPSOAppliesTo
	}
	return attrUnknown
}

// propertySet is a group of attributes that one entry of an access list can
// name together.
type propertySet int

const (
	noSet propertySet = iota
	setGeneral
	setPublic
	setPersonal
	setRestrictions
	setLogon
	setMembership
	setWeb
	setDomainPolicy
	setOther
	setRemote
	setCount
)

// propertySetTable holds the GUIDs of the property sets.
var propertySetTable = [setCount]string{
	setGeneral:      "59ba2f42-79a2-11d0-9020-00c04fc2d3cf",
	setPublic:       "e48d0154-bcf8-11d1-8702-00c04fb96050",
	setPersonal:     "77b5b886-944a-11d1-aebd-0000f80367c1",
	setRestrictions: "4c164200-20c0-11d0-a768-00aa006e0529",
	setLogon:        "5f202010-79a5-11d0-9020-00c04fc2d4cf",
	setMembership:   "bc0ac240-79a9-11d0-9020-00c04fc2d4cf",
	setWeb:          "e45795b3-9455-11d1-aebd-0000f80367c1",
	setDomainPolicy: "c7407360-20bf-11d0-a768-00aa006e0529",
	setOther:        "b8119fd0-04f6-4762-ab7a-4986c76b3f9a",
	setRemote:       "037088f8-0ae1-11d2-b422-00a0c968f939",
}
