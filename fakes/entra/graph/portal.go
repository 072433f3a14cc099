package graph

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/token"
)

// resetPolicy is the Password reset policy as the portal's backend shows it
// (graph-fidelity 2.5). The misspelling is the product's.
type resetPolicy struct {
	ObjectID       string   `json:"objectId"`
	Enabled        int      `json:"enablementType"` // 0 none, 1 selected, 2 all
	Required       int      `json:"numberOfAuthenticationMethodsRequired"`
	Email          bool     `json:"emailOptionEnabled"`
	Mobile         bool     `json:"mobilePhoneOptionEnabled"`
	Office         bool     `json:"officePhoneOptionEnabled"`
	Questions      bool     `json:"securityQuestionsOptionEnabled"`
	Notification   bool     `json:"mobileAppNotificationEnabled"`
	AppCode        bool     `json:"mobileAppCodeEnabled"`
	ToRegister     int      `json:"numberOfQuestionsToRegister"`
	ToReset        int      `json:"numberOfQuestionsToReset"`
	Registration   bool     `json:"registrationRequiredOnSignIn"`
	Reconfirm      int      `json:"registrationReconfirmIntevalInDays"`
	SkipAllowed    bool     `json:"skipRegistrationAllowed"`
	SkipDays       int      `json:"skipRegistrationMaxAllowedDays"`
	CustomHelpdesk bool     `json:"customizeHelpdeskLink"`
	Helpdesk       string   `json:"customHelpdeskEmailOrUrl"`
	NotifyUsers    bool     `json:"notifyUsersOnPasswordReset"`
	NotifyAdmins   bool     `json:"notifyOnAdminPasswordReset"`
	Groups         []string `json:"passwordResetEnabledGroupIds"`
	GroupName      string   `json:"passwordResetEnabledGroupName"`
	// Own is the lab's convention: the texts of the questions. The product's
	// shape is not known.
	Own        []string `json:"securityQuestions"`
	Conditions []string `json:"registrationConditionalAccessPolicies"`

	EmailAllowed        bool `json:"emailOptionAllowed"`
	MobileAllowed       bool `json:"mobilePhoneOptionAllowed"`
	OfficeAllowed       bool `json:"officePhoneOptionAllowed"`
	QuestionsAllowed    bool `json:"securityQuestionsOptionAllowed"`
	NotificationAllowed bool `json:"mobileAppNotificationOptionAllowed"`
	AppCodeAllowed      bool `json:"mobileAppCodeOptionAllowed"`
}

// onPremisesPolicy is the page On-premises integration (R-POL-72..74).
type onPremisesPolicy struct {
	ObjectID  string `json:"objectId"`
	WriteBack bool   `json:"passwordWritebackSupported"` // R-POL-73
	Unlock    bool   `json:"accountUnlockEnabled"`       // R-POL-74
	CanUnlock bool   `json:"accountUnlockSupported"`     // an agent is configured
}

// portal is the portal's backend of one tenant.
type portal struct {
	tenant *entra.Tenant
	verify Verify
}

// PortalAPI returns the portal's backend for the Password reset policy, which
// Graph does not have: GET and PUT of /api/PasswordReset/PasswordResetPolicies
// and /api/PasswordReset/OnPremisesPasswordResetPolicies. verify checks the
// tokens, for [token.PortalAudience].
//
// People need a role (R-POL-03). That an application alone is let in with
// Policy.Read.All or Policy.ReadWrite.AuthenticationMethod is the lab's
// convention.
func PortalAPI(t *entra.Tenant, verify func(*http.Request) (token.Claims, error)) http.Handler {
	return &portal{t, verify}
}

// ServeHTTP answers a call.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, f := p.serve(w, r)
	status := http.StatusOK
	if f != nil {
		if f.unmodelled {
			p.tenant.Unhandled(r)
		}
		status, body = f.status, portalError(f)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	w.Write(body) // an error here is the client's leaving
}

func portalError(f *fault) []byte {
	type inner struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	return encode(struct {
		Error inner `json:"error"`
	}{inner{f.code, f.message}})
}

// encode writes a value that always can be.
func encode[T any](v T) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func (p *portal) serve(w http.ResponseWriter, r *http.Request) ([]byte, *fault) {
	name, ok := strings.CutPrefix(strings.ToLower(r.URL.Path), "/api/passwordreset/")
	if !ok || name != "passwordresetpolicies" && name != "onpremisespasswordresetpolicies" {
		return nil, unmodelled(r.URL.Path)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPut {
		return nil, wrongMethod()
	}
	claims, err := p.verify(r)
	if err != nil {
		return nil, unauthenticated(err)
	}
	if !p.may(claims, r.Method == http.MethodPut) {
		return nil, denied()
	}
	if r.Method == http.MethodPut {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		put := p.putPolicy
		if name != "passwordresetpolicies" {
			put = p.putOnPremises
		}
		if f := put(r.Body, claims); f != nil {
			return nil, f
		}
	}
	if name == "passwordresetpolicies" {
		return encode(p.view(p.tenant.Policy())), nil
	}
	return encode(p.onPremises(p.tenant.Policy())), nil
}

// may reports whether the caller may read or write the policy (R-POL-03).
func (p *portal) may(c token.Claims, write bool) bool {
	if c.AppOnly() {
		return slices.Contains(c.Roles, "Policy.ReadWrite.AuthenticationMethod") || !write && slices.Contains(c.Roles, "Policy.Read.All")
	}
	office := []string{entra.GlobalAdministrator}
	if p.tenant.Era() == entra.Now {
		office = append(office, "Authentication Policy Administrator")
	}
	if !write {
		office = append(office, "Global Reader", "Security Reader")
	}
	return intersect(office, c.User.Roles)
}

// The figures of skipping registration, which the lab does not let anybody
// change (R-REG-21).
const skipDays = 7

func (p *portal) view(x entra.Policy) resetPolicy {
	v := resetPolicy{
		ObjectID: "default", Enabled: int(x.Enabled), Required: x.Required,
		Email: x.Methods.Has(entra.Email), Mobile: x.Methods.Has(entra.MobilePhone), Office: x.Methods.Has(entra.OfficePhone),
		Questions: x.Methods.Has(entra.SecurityQuestions), Notification: x.Methods.Has(entra.AppNotification), AppCode: x.Methods.Has(entra.AppCode),
		ToRegister: x.QuestionsToRegister, ToReset: x.QuestionsToReset, Registration: x.RequireRegistration, Reconfirm: x.ReconfirmDays,
		SkipAllowed: true, SkipDays: skipDays, CustomHelpdesk: x.CustomHelpdesk, Helpdesk: x.Helpdesk,
		NotifyUsers: x.NotifyUsers, NotifyAdmins: x.NotifyAdmins, Groups: []string{}, Own: append([]string{}, x.Questions...), Conditions: []string{},
		EmailAllowed: true, MobileAllowed: true, OfficeAllowed: true, QuestionsAllowed: true, NotificationAllowed: true, AppCodeAllowed: true,
	}
	if x.Group != "" {
		v.Groups = []string{x.Group}
		if g, ok := p.tenant.Group(x.Group); ok {
			v.GroupName = g.Name
		}
	}
	return v
}

// settle writes what a body holds into a policy.
func (v resetPolicy) settle(x entra.Policy) entra.Policy {
	x.Enabled, x.Required = entra.Enablement(v.Enabled), v.Required
	x.Methods = 0
	for m, on := range map[entra.Method]bool{
		entra.Email: v.Email, entra.MobilePhone: v.Mobile, entra.OfficePhone: v.Office,
		entra.SecurityQuestions: v.Questions, entra.AppNotification: v.Notification, entra.AppCode: v.AppCode,
	} {
		if on {
			x.Methods |= entra.NewMethodSet(m)
		}
	}
	x.QuestionsToRegister, x.QuestionsToReset, x.RequireRegistration, x.ReconfirmDays = v.ToRegister, v.ToReset, v.Registration, v.Reconfirm
	x.CustomHelpdesk, x.Helpdesk, x.NotifyUsers, x.NotifyAdmins = v.CustomHelpdesk, v.Helpdesk, v.NotifyUsers, v.NotifyAdmins
	x.Questions, x.Group = v.Own, strings.Join(v.Groups, " ")
	if len(v.Own) == 0 {
		x.Questions = nil
	}
	return x
}

// putPolicy saves the policy. What the body leaves out stays as it is; what
// the blade refuses is refused, with the rule ([entra.Policy.Problems]).
func (p *portal) putPolicy(body io.Reader, c token.Claims) *fault {
	now := p.tenant.Policy()
	v := p.view(now)
	if f := strictly(body, &v); f != nil {
		return f
	}
	for _, list := range []*[]string{&v.Groups, &v.Own, &v.Conditions} {
		*list = append([]string{}, *list...) // null is empty
	}
	if f := p.checkScope(v); f != nil {
		return f
	}
	next := v.settle(now)
	settled := p.view(next)
	v.GroupName = settled.GroupName // follows the group
	if !reflect.DeepEqual(v, settled) {
		return unmodelled("writing what the policy only shows")
	}
	for _, problem := range next.Problems() {
		if !problem.Warning {
			return badf("%s (%s)", problem.Text, problem.Rule)
		}
	}
	savePolicy(p.tenant, next, c)
	return nil
}

func (p *portal) checkScope(v resetPolicy) *fault {
	if v.Enabled < 0 || v.Enabled > int(entra.All) {
		return bad("enablementType is 0 (none), 1 (selected) or 2 (all). (R-POL-11)")
	}
	if len(v.Groups) > 1 {
		return bad("passwordResetEnabledGroupIds holds one group. (R-POL-12)")
	}
	for _, id := range v.Groups {
		if g, ok := p.tenant.Group(id); !ok || g.ID != id {
			return missingObject(id)
		}
	}
	return nil
}

func (p *portal) onPremises(x entra.Policy) onPremisesPolicy {
	return onPremisesPolicy{"default", x.WriteBack, x.UnlockWithoutReset, p.tenant.Agent().State().Configured}
}

// putOnPremises saves the page On-premises integration, which is there only
// when an agent is configured (R-POL-06).
func (p *portal) putOnPremises(body io.Reader, c token.Claims) *fault {
	next := p.tenant.Policy()
	v := p.onPremises(next)
	if !v.CanUnlock {
		return bad("On-premises integration is not enabled: no agent is configured for password writeback. (R-POL-06)")
	}
	if f := strictly(body, &v); f != nil {
		return f
	}
	next.WriteBack, next.UnlockWithoutReset = v.WriteBack, v.Unlock
	savePolicy(p.tenant, next, c)
	return nil
}

// strictly decodes a body over what is there. A name that is none is an error.
func strictly[T resetPolicy | onPremisesPolicy](body io.Reader, v *T) *fault {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badf("The body cannot be read: %v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad("The body goes on behind its end.")
	}
	return nil
}

// savePolicy saves a policy in the caller's name.
func savePolicy(t *entra.Tenant, next entra.Policy, c token.Claims) {
	actor := entra.Party{ID: c.Object, Name: c.AppName, Type: "App"}
	if c.User != nil {
		actor = c.User.By()
	}
	t.SetPolicy(actor, next)
}
