package token

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// fault is an error of the token endpoint: an AADSTS number and its text.
type fault struct {
	number   int
	text     string
	suberror string
}

// kind is how an AADSTS number is answered (graph-fidelity 3.3).
type kind struct {
	status   int
	name     string // the OAuth error
	suberror string
	text     string // when the fault brings none
}

var kinds = map[int]kind{
	50034:   {400, "invalid_grant", "", "The user account does not exist in the directory. To sign into this application, the account must be added to the directory."},
	50049:   {400, "invalid_instance", "", "Unknown or invalid instance."},
	50053:   {400, "invalid_grant", "", "You've tried to sign in too many times with an incorrect user ID or password."},
	50055:   {400, "invalid_grant", "user_password_expired", "Force Change Password."},
	50056:   {400, "invalid_grant", "", "Invalid or null password: password does not exist in the directory for this user."},
	50057:   {400, "invalid_grant", "", "The user account is disabled."},
	50059:   {400, "invalid_request", "", "No tenant-identifying information found in either the request or implied by any provided credentials."},
	50125:   {400, "invalid_grant", "basic_action", "Sign-in was interrupted because of a password reset or password registration entry."},
	50126:   {400, "invalid_grant", "", "Error validating credentials due to invalid username or password."},
	50133:   {400, "invalid_grant", "bad_token", "The session is invalid due to expiration or recent password change."},
	50144:   {400, "invalid_grant", "", "The user's Active Directory password has expired."},
	50173:   {400, "invalid_grant", "bad_token", ""},
	54005:   {400, "invalid_grant", "", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	65001:   {400, "invalid_grant", "consent_required", ""},
	70000:   {400, "invalid_grant", "", "Provided grant is invalid or malformed."},
	70003:   {400, "unsupported_grant_type", "", ""},
	70008:   {400, "invalid_grant", "", "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."},
	70011:   {400, "invalid_scope", "", ""},
	80001:   {500, "server_error", "", "The Authentication Agent is unable to connect to Active Directory."},
	90002:   {400, "invalid_request", "", ""},
	90014:   {400, "invalid_request", "", ""},
	500011:  {400, "invalid_resource", "", ""},
	700016:  {400, "unauthorized_client", "", ""},
	700025:  {401, "invalid_client", "", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
	700038:  {400, "unauthorized_client", "", ""},
	700082:  {400, "invalid_grant", "bad_token", "The refresh token has expired due to inactivity."},
	7000215: {401, "invalid_client", "", ""},
	7000218: {401, "invalid_client", "", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	9001023: {400, "invalid_request", "", "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."},
}

// faultOf returns the fault of an AADSTS number; without a text it has its own.
func faultOf(number int, text string) *fault {
	k := kinds[number]
	if text == "" {
		text = k.text
	}
	return &fault{number, text, k.suberror}
}

// signInFault is the fault for a refused user name and password.
func signInFault(verdict entra.SignIn) *fault { return faultOf(int(verdict), "") }

func (s *Service) unknownResource(name string) *fault {
	return faultOf(500011, "The resource principal named "+name+" was not found in the tenant named "+s.tenant.Organisation()+
		". This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.")
}

func missing(field string) *fault {
	return faultOf(90014, "The required field '"+field+"' is missing from the credential. Ensure that you have all the necessary parameters for the login request.")
}

// problem is a fault on the wire.
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	URI         string `json:"error_uri"`
	Suberror    string `json:"suberror,omitempty"`
	ChangeURL   string `json:"password_change_url,omitempty"`
}

func (s *Service) refuse(w http.ResponseWriter, r *http.Request, f *fault) {
	k, known := kinds[f.number]
	if !known {
		k = kind{status: http.StatusBadRequest, name: "invalid_grant"}
	}
	trace, correlation := s.trace(), s.correlation(r)
	stamp := s.tenant.Now().Format("2006-01-02 15:04:05Z")
	p := problem{
		Error: k.name, Codes: []int{f.number}, Timestamp: stamp, Trace: trace, Correlation: correlation, Suberror: f.suberror,
		Description: fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", f.number, f.text, trace, correlation, stamp),
		URI:         s.base(r) + "/error?code=" + strconv.Itoa(f.number),
	}
	if f.number == int(entra.PasswordOutdated) {
		p.ChangeURL = s.tenant.Hosts().URL(entra.AccountHost, changePath)
	}
	s.tenant.Log().Info("token refused", "error", k.name, "aadsts", f.number, "correlation", correlation)
	answer(s, w, k.status, trace, p)
}

// changePath is where the account host changes a known password.
const changePath = "/password"

// document is what the endpoints answer with.
type document interface {
	problem | tokens | legacyTokens | configuration | keySet | realm | realmV2 | instances
}

func answer[D document](s *Service, w http.ResponseWriter, status int, trace string, d D) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-cache")
	h.Set("Pragma", "no-cache")
	h.Set("X-Ms-Request-Id", trace)
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(d); err != nil {
		s.tenant.Log().Debug("write answer", "error", err)
	}
}
