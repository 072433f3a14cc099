package hostile_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// route is a form that a surface takes.
type route struct{ host, path string }

// forms are the addresses of every form of the tenant's surfaces.
func forms(user, group string) (list []route) {
	for host, paths := range map[string][]string{
		entra.LoginHost:        {"/common/username", "/common/login", "/common/change", "/common/more", "/common/kmsi"},
		entra.ResetHost:        {"/", "/choice", "/verify/send", "/verify", "/password", "/cancel"},
		entra.SecurityInfoHost: {"/register", "/register/other", "/register/skip", "/register/back", "/register/proof", "/done", "/review", "/security-info/proof", "/security-info/add", "/security-info/delete", "/security-info/default"},
		entra.AccountHost:      {"/password"},
		entra.PortalHost: {"/users/" + user + "/licences", "/users/" + user + "/password", "/groups", "/groups/" + group + "/members", "/groups/" + group + "/remove",
			"/password-protection", "/password-reset/properties", "/password-reset/methods", "/password-reset/registration", "/password-reset/notifications", "/password-reset/customization", "/password-reset/on-premises"},
	} {
		for _, p := range paths {
			list = append(list, route{host, p})
		}
	}
	return list
}

// crowd is a browser that is signed in, or under way, on every surface.
func crowd(t *testing.T) (*browser, []route) {
	r := newRig(t, entra.Now)
	ada := r.person("ada", func(u *entra.User) {
		everything(r)(u)
		u.Roles = []string{entra.GlobalAdministrator}
	})
	g, err := r.tenant.AddGroup(entra.Group{Name: "Pilot", Members: []string{ada.ID}})
	check(t, err)
	b := r.browser()
	for _, host := range []string{entra.PortalHost, entra.AccountHost, entra.SecurityInfoHost} {
		b.enter(host, "ada"+domain, password, "/")
	}
	b.get(entra.SecurityInfoHost, "/security-info")
	b.get(entra.LoginHost, "/common/oauth2/v2.0/authorize?"+url.Values{"client_id": {entra.OfficeHost}, "redirect_uri": {b.host(entra.OfficeHost, entra.CallbackPath)}, "prompt": {"login"}}.Encode())
	b.identify("ada" + domain)
	return b, forms(ada.ID, g.ID)
}

// TestFormsThatAreNone are refused by every surface, and change nothing: from
// another site, too large, malformed.
func TestFormsThatAreNone(t *testing.T) {
	b, routes := crowd(t)
	before := len(b.tenant.Audit())
	for _, f := range routes {
		address := b.host(f.host, f.path)
		for _, c := range []struct {
			name, body string
			headers    []string
			status     int
		}{
			{"another site's", "a=b", []string{"Origin", "https://evil.test"}, http.StatusForbidden},
			{"a frame's without an origin", "a=b", []string{"Origin", "null"}, http.StatusForbidden},
			{"a sister host's", "a=b", []string{"Origin", "https://mail.lab.test"}, http.StatusForbidden},
			{"one that the browser calls foreign", "a=b", []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
			{"too large", "a=" + strings.Repeat("x", 300<<10), nil, http.StatusRequestEntityTooLarge},
			{"malformed", "a=%zz", nil, http.StatusBadRequest},
		} {
			b.send(http.MethodPost, address, strings.NewReader(c.body), c.headers...)
			if b.at.status != c.status || b.at.heading == "" {
				t.Errorf("%s: a form %s: status %d, %q", address, c.name, b.at.status, b.at.heading)
			}
		}
	}
	if n := len(b.tenant.Audit()) - before; n != 0 {
		t.Errorf("%d entries in the log came of it", n)
	}
}

// TestWrongMethods are told what is right, and noted.
func TestWrongMethods(t *testing.T) {
	b, routes := crowd(t)
	for _, f := range routes {
		for _, method := range []string{http.MethodDelete, http.MethodPut} {
			b.send(method, b.host(f.host, f.path), nil)
			if allow := b.at.header.Get("Allow"); b.at.status != http.StatusMethodNotAllowed || !strings.Contains(allow, http.MethodPost) {
				t.Errorf("%s %s: status %d, Allow %q", method, b.at.url, b.at.status, allow)
			}
		}
	}
	b.get(entra.ResetHost, "/cancel")
	if b.at.status != http.StatusMethodNotAllowed {
		t.Errorf("GET of a form's address: status %d", b.at.status)
	}
	b.post(entra.LoginHost, "/common/oauth2/v2.0/authorize")
	if b.at.status != http.StatusMethodNotAllowed {
		t.Errorf("POST of an authorisation: status %d", b.at.status)
	}
}

// TestUnknownAddressesAreNoted: 404 for a path, 501 for a host or what only a
// machine would ask, a line in the log for each (DESIGN rule 7).
func TestUnknownAddressesAreNoted(t *testing.T) {
	b, _ := crowd(t)
	for address, status := range map[string]int{
		"https://office.lab.test/nowhere": 404, "https://passwordreset.lab.test/nowhere": 404, "https://mysignins.lab.test/nowhere": 404,
		"https://myaccount.lab.test/nowhere": 404, "https://portal.lab.test/nowhere": 404, "https://login.lab.test/nowhere": 404, "https://login.lab.test/common/nowhere": 404,
		"https://login.lab.test/" + b.tenant.ID + "/nowhere": 501, "https://outlook.lab.test/": 501, "https://login.elsewhere.test/": 501, "https://office.lab.test/..%2f": 404,
		"https://passwordreset.lab.test/captcha/nothing.png": 404, "https://passwordreset.lab.test/captcha/": 404,
	} {
		before := len(b.tenant.UnhandledRequests())
		b.send(http.MethodGet, address, nil)
		if b.at.status != status {
			t.Errorf("%s: status %d, want %d", address, b.at.status, status)
		}
		if noted := len(b.tenant.UnhandledRequests()) > before; !noted && !strings.Contains(address, "captcha") {
			t.Errorf("%s was not noted", address)
		}
	}
}

// TestTokenEndpointsAreAskedFirst: a mux must not tidy up their paths.
func TestTokenEndpointsAreAskedFirst(t *testing.T) {
	b, _ := crowd(t)
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.send(http.MethodGet, "https://login.lab.test//"+b.tenant.ID+"//v2.0/.well-known/openid-configuration", nil)
	if b.at.status != http.StatusOK || !strings.Contains(b.at.body, "token_endpoint") {
		t.Errorf("status %d: %.200s", b.at.status, b.at.body)
	}
}

// jarOf notes the cookies as they are set.
type jarOf struct {
	*cookiejar.Jar
	set []*http.Cookie
}

func (j *jarOf) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.set = append(j.set, cookies...)
	j.Jar.SetCookies(u, cookies)
}

// TestCookies are of their host alone, unseen by scripts, never sent in clear,
// and not along with what other sites begin.
func TestCookies(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	b := r.browser()
	jar := &jarOf{Jar: b.jar}
	b.client.Jar = jar
	b.identify("adele" + domain).passMail()
	b.enter(entra.OfficeHost, "adele"+domain, password, "/")
	b.enter(entra.SecurityInfoHost, "adele"+domain, password, "/security-info")
	names := map[string]bool{}
	for _, c := range jar.set {
		names[c.Name] = true
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("cookie %s", c.Raw)
		}
	}
	if len(names) < 5 {
		t.Errorf("only %v were set", names)
	}
}

// TestHeadersOfPages: nothing from elsewhere, no frames of others, no sniffing,
// nothing kept.
func TestHeadersOfPages(t *testing.T) {
	b, _ := crowd(t)
	for _, f := range []route{{entra.LoginHost, "/common/trouble"}, {entra.ResetHost, "/verify"}, {entra.PortalHost, "/users"}, {entra.AccountHost, "/password"}, {entra.SecurityInfoHost, "/security-info"}, {entra.OfficeHost, "/nowhere"}} {
		b.get(f.host, f.path)
		for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
			if !strings.Contains(b.at.header.Get(name), want) {
				t.Errorf("%s: %s is %q", b.at.url, name, b.at.header.Get(name))
			}
		}
		if csp := b.at.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") || strings.Contains(csp, "script-src") {
			t.Errorf("%s: %s", b.at.url, csp)
		}
	}
}

// TestMarkupIsText wherever a name, an address or an answer is shown.
func TestMarkupIsText(t *testing.T) {
	const bad = `"><script>alert(1)</script>`
	r := newRig(t, entra.Now)
	ada := r.person("ada", func(u *entra.User) {
		everything(r)(u)
		u.Roles, u.Name, u.GivenName, u.Mail = []string{entra.GlobalAdministrator}, "Ada"+bad, "Ada"+bad, bad
		u.MobilePhone, u.AlternateMails, u.Security.Phone = bad, []string{bad}, ""
		u.Security.Apps[0].Name = bad
	})
	b := r.browser()
	clean := func(what string) {
		t.Helper()
		if strings.Contains(b.at.body, "<script") || strings.Contains(b.at.body, bad) {
			t.Errorf("%s: %s carries markup", what, b.at.url)
		}
	}
	b.get(entra.ResetHost, "/?username="+url.QueryEscape(bad))
	clean("the user ID in the address")
	b.post(entra.ResetHost, "/", "userid", bad, "captcha", "WRONG")
	clean("the user ID")
	b.post(entra.ResetHost, "/", "userid", bad, "captcha", b.captcha())
	clean("an unknown user ID")
	b.get(entra.ResetHost, "/"+url.PathEscape(bad))
	clean("the path")
	b.get(entra.OfficeHost, "/?login_hint="+url.QueryEscape(bad))
	clean("the hint")
	b.post(entra.LoginHost, "/common/username", "loginfmt", bad)
	clean("the user name")
	b.post(entra.LoginHost, "/common/login", "loginfmt", bad, "passwd", bad)
	clean("the password page")
	b.enter(entra.PortalHost, "ada"+domain, password, "/")
	g, err := r.tenant.AddGroup(entra.Group{Name: bad, Description: bad, Members: []string{ada.ID}})
	check(t, err)
	r.policy(func(p *entra.Policy) {
		p.Methods, p.Questions, p.CustomHelpdesk, p.Helpdesk = entra.NewMethodSet(entra.Methods()[1:]...), []string{bad}, true, "https://"+bad
	})
	r.tenant.SetBanned([]string{bad})
	for _, path := range []string{"/", "/users", "/users/" + ada.ID, "/groups", "/groups/" + g.ID, "/users/" + url.PathEscape(bad), "/password-protection", "/password-reset/audit", "/password-reset/usage",
		"/password-reset/properties", "/password-reset/methods", "/password-reset/customization", "/" + url.PathEscape(bad)} {
		b.get(entra.PortalHost, path)
		clean(path)
	}
	b.post(entra.PortalHost, "/groups", "name", bad+strings.Repeat("x", 300))
	clean("a group's name")
	b.enter(entra.SecurityInfoHost, "ada"+domain, password, "/security-info")
	b.post(entra.SecurityInfoHost, "/security-info/proof", "code", r.appCode())
	clean("security info")
	b.post(entra.SecurityInfoHost, "/security-info/add", "method", "email")
	b.post(entra.SecurityInfoHost, "/register", "address", bad)
	clean("an address")
	b.enter(entra.AccountHost, "ada"+domain, password, "/")
	clean("the account")
	b.enter(entra.OfficeHost, "ada"+domain, password, "/")
	clean("the office")
	r.person("bela", nil)
	c := r.browser().identify("bela" + domain)
	b.at = c.at
	clean("the help desk's address")
}

// TestNobodyIsLedElsewhere by an address of the lab's.
func TestNobodyIsLedElsewhere(t *testing.T) {
	r := newRig(t, entra.Now)
	r.adele()
	for _, query := range []url.Values{
		{"client_id": {entra.OfficeHost}, "redirect_uri": {"https://evil.test/signin"}},
		{"client_id": {entra.OfficeHost}, "redirect_uri": {r.host(entra.OfficeHost, entra.CallbackPath) + "@evil.test"}},
		{"client_id": {entra.OfficeHost}, "redirect_uri": {r.host(entra.PortalHost, entra.CallbackPath)}},
		{"client_id": {entra.InterruptClient}, "redirect_uri": {r.host(entra.LoginHost, "/common/resume")}},
		{"client_id": {""}}, {},
	} {
		b := r.browser()
		b.get(entra.LoginHost, "/common/oauth2/v2.0/authorize?"+query.Encode())
		if b.at.status != http.StatusBadRequest || b.at.url.Host != "login.lab.test" {
			t.Errorf("%v: status %d at %s", query, b.at.status, b.at.url)
		}
	}
	for _, path := range []string{"//evil.test/", "/%2f%2fevil.test/", "/%5cevil.test/", "/\\evil.test", "/?login_hint=//evil.test&redirect_uri=https://evil.test/", "/?state=%0d%0aLocation:%20https://evil.test/"} {
		b := r.browser()
		b.send(http.MethodGet, "https://office.lab.test"+path, nil)
		for b.at.url.Host == "login.lab.test" && b.at.heading == "Sign in" {
			b.post(entra.LoginHost, "/common/username", "loginfmt", "adele"+domain)
			b.post(entra.LoginHost, "/common/login", "passwd", password)
			b.post(entra.LoginHost, "/common/kmsi")
		}
		if !slices.Contains([]string{"office.lab.test", "login.lab.test"}, b.at.url.Host) {
			t.Errorf("%s led to %s", path, b.at.url)
		}
	}
}

// TestWhatTheLabDoesNotModelAtSignIn is said, not guessed.
func TestWhatTheLabDoesNotModelAtSignIn(t *testing.T) {
	r := newRig(t, entra.Now)
	b := r.browser()
	right := url.Values{"client_id": {entra.OfficeHost}, "redirect_uri": {r.host(entra.OfficeHost, entra.CallbackPath)}}
	for name, value := range map[string]string{"response_type": "id_token", "response_mode": "form_post"} {
		q := url.Values{name: {value}}
		for k, v := range right {
			q[k] = v
		}
		b.get(entra.LoginHost, "/common/oauth2/v2.0/authorize?"+q.Encode())
		if b.at.status != http.StatusNotImplemented {
			t.Errorf("%s=%s: status %d", name, value, b.at.status)
		}
	}
	b.get(entra.LoginHost, "/contoso.com/oauth2/v2.0/authorize?"+right.Encode())
	if b.at.status != http.StatusBadRequest || !strings.Contains(b.at.body, "AADSTS90002") {
		t.Errorf("another tenant: status %d", b.at.status)
	}
	for _, tenant := range []string{"organizations", "Common", r.tenant.ID, "ALDER.example.com"} {
		b.get(entra.LoginHost, "/"+tenant+"/oauth2/v2.0/authorize?"+right.Encode())
		if b.at.heading != "Sign in" {
			t.Errorf("%s: %q", tenant, b.at.heading)
		}
	}
}
