package activedirectory

import "fmt"

// resultCode is a result code of RFC 4511.
type resultCode int

const (
	success                      resultCode = 0
	operationsError              resultCode = 1
	protocolError                resultCode = 2
	timeLimitExceeded            resultCode = 3
	sizeLimitExceeded            resultCode = 4
	compareFalse                 resultCode = 5
	compareTrue                  resultCode = 6
	authMethodNotSupported       resultCode = 7
	strongerAuthRequired         resultCode = 8
	unavailableCriticalExtension resultCode = 12
	noSuchAttribute              resultCode = 16
	constraintViolation          resultCode = 19
	attributeOrValueExists       resultCode = 20
	invalidAttributeSyntax       resultCode = 21
	noSuchObject                 resultCode = 32
	invalidDNSyntax              resultCode = 34
	invalidCredentials           resultCode = 49
	insufficientAccessRights     resultCode = 50
	unavailable                  resultCode = 52
	unwillingToPerform           resultCode = 53
	namingViolation              resultCode = 64
	objectClassViolation         resultCode = 65
	notAllowedOnNonLeaf          resultCode = 66
	notAllowedOnRDN              resultCode = 67
	entryAlreadyExists           resultCode = 68
	otherError                   resultCode = 80
)

// refusal is an operation's result other than success, as the client gets it.
type refusal struct {
	code    resultCode
	matched string // matchedDN
	text    string // diagnosticMessage, in the form of the real product
}

func (r *refusal) Error() string { return fmt.Sprintf("result %d: %s", r.code, r.text) }

func refuse(code resultCode, format string, args ...any) error {
	return &refusal{code: code, text: fmt.Sprintf(format, args...)}
}

// noObject refuses to write what is not there.
func noObject(matched string) error { return noObjectOf("00002030", matched) }

// noTarget refuses a link to what is not there.
func noTarget(matched string) error { return noObjectOf("00000525", matched) }

// noParent refuses to move something to where nothing is. RFC 4511 has this
// result for it; Samba fails with an internal error.
func noParent(matched string) error { return noObjectOf("0000208D", matched) }

func noObjectOf(status, matched string) error {
	return &refusal{noSuchObject, matched, fmt.Sprintf(
		"%s: NameErr: DSID-03100241, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'%s'\n", status, matched)}
}

// noBase refuses to read what is not there, without a number.
func noBase(name, matched string) error {
	return &refusal{noSuchObject, matched, "No such Base DN: " + name}
}

func badName(text string) error {
	return refuse(invalidDNSyntax, "00002032: NameErr: DSID-03100233, problem 2006 (BAD_NAME), data 8350, best match of:\n\t'%s'\n", text)
}

// namingProblem refuses a name or a place that the schema does not allow.
func namingProblem(why string) error {
	return refuse(namingViolation, "00002099: NameErr: DSID-0305109C, problem 2005 (NAMING_VIOLATION), data 0, best match of:\n\t'%s'\n", why)
}

// attributeProblem is a refusal in the form of AtrErr.
func attributeProblem(code resultCode, status string, problem int, what, attribute string) error {
	return refuse(code, "%[1]s: AtrErr: DSID-03191083, #1:\n\t0: %[1]s: DSID-03191083, problem %[2]d (%[3]s), data 0, Att (%[4]s)\n",
		status, problem, what, attribute)
}

func constraint(status, attribute string) error {
	return attributeProblem(constraintViolation, status, 1005, "CONSTRAINT_ATT_TYPE", attribute)
}

// badSyntax refuses a value that its attribute cannot hold, for its form or
// its length.
func badSyntax(attribute string) error {
	return attributeProblem(invalidAttributeSyntax, "0000200B", 1004, "WRONG_SYNTAX", attribute)
}

// noValue refuses an attribute or a value that is empty.
func noValue(attribute string) error {
	return refuse(invalidAttributeSyntax, "Element %s has empty attribute in ldb message", attribute)
}

func noSuchValue(attribute string) error {
	return refuse(noSuchAttribute, "attribute '%s': no such attribute or value", attribute)
}

func valueExists(attribute string) error {
	return refuse(attributeOrValueExists, "attribute '%s': the value already exists", attribute)
}

// onlyOne refuses a second value of what has one.
func onlyOne(attribute string) error {
	return attributeProblem(attributeOrValueExists, "0000200D", 1006, "ATT_OR_VALUE_EXISTS", attribute)
}

// unknownAttribute refuses an attribute that the schema does not have.
func unknownAttribute(name string) error {
	return refuse(noSuchAttribute, "attribute '%s' was not found in the schema!", name)
}

func updateProblem(code resultCode, status string, problem int, what string) error {
	return refuse(code, "%s: UpdErr: DSID-031A1236, problem %d (%s), data 0", status, problem, what)
}

func classViolation(why string) error {
	return refuse(objectClassViolation, "0000207D: UpdErr: DSID-0315166D, problem 6002 (OBJ_CLASS_VIOLATION), data 0 (%s)", why)
}

// notOfClass refuses an attribute that objects of the class do not have.
func notOfClass(a attr, c classID) error {
	return refuse(objectClassViolation, "00002014: attribute '%s' does not exist in the class %s", a.name(), c.definition().name)
}

// nameTaken refuses a distinguished name that something has.
func nameTaken(name string) error { return refuse(entryAlreadyExists, "Entry %s already exists", name) }

// accountNameTaken refuses an account name that somebody has.
func accountNameTaken() error {
	return updateProblem(entryAlreadyExists, "00002071", 6005, "ENTRY_EXISTS")
}

// alreadyMember refuses to put somebody into a group a second time.
func alreadyMember(name string) error {
	return refuse(entryAlreadyExists, "Attribute member already exists for target %s", name)
}

// willNotPerform is a refusal in the form of SvcErr.
func willNotPerform(status string) error {
	return refuse(unwillingToPerform, "%s: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0", status)
}

// noRight is the answer to who lacks the right to write an attribute
// (R-WB-102).
func noRight() error {
	return refuse(insufficientAccessRights, "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0")
}

// noRightTo is the answer to who lacks Reset Password (R-WB-102) or may not
// delete; the operation is MODIFY or DELETE.
func noRightTo(operation string) error {
	return refuse(insufficientAccessRights, "error in module acl: insufficient access rights during LDB_%s (50)", operation)
}

// noChildRight is the answer to who may not make the object.
func noChildRight(name string) error {
	return refuse(insufficientAccessRights, "acl: unable to get access to %s", name)
}

// mustBind is the answer to who has not bound.
func mustBind() error {
	return refuse(operationsError, "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v1db1")
}

// badLogin is a refused bind; data is the sub-code (R-WB-110b).
func badLogin(data string) error {
	return refuse(invalidCredentials, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data %s, v1db1", data)
}
