package cloud

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

// Control serves the tenant's control port: POST /setup, GET /captchas/{id},
// POST /enrolments, GET /unhandled. See package setup for its client.
func (c *Cloud) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /setup", func(w http.ResponseWriter, r *http.Request) {
		var s setup.State
		if err := read(r, &s); err != nil {
			answer(w, http.StatusBadRequest, fault("badRequest", err))
			return
		}
		if err := c.apply(s); err != nil {
			answer(w, http.StatusUnprocessableEntity, fault("notApplied", err))
			return
		}
		answer(w, http.StatusOK, struct{}{})
	})
	mux.HandleFunc("GET /captchas/{id}", func(w http.ResponseWriter, r *http.Request) {
		text, ok := c.captchas.Answer(r.PathValue("id"))
		if !ok {
			answer(w, http.StatusNotFound, fault("notFound", fmt.Errorf("no CAPTCHA %s is open", r.PathValue("id"))))
			return
		}
		answer(w, http.StatusOK, map[string]string{"answer": text})
	})
	mux.HandleFunc("POST /enrolments", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ UPN string }
		if err := read(r, &in); err != nil {
			answer(w, http.StatusBadRequest, fault("badRequest", err))
			return
		}
		u, ok := c.Tenant.User(in.UPN)
		if !ok {
			answer(w, http.StatusNotFound, fault("notFound", fmt.Errorf("no user %s", in.UPN)))
			return
		}
		answer(w, http.StatusOK, map[string]string{"uri": c.security.Enrol(u)})
	})
	mux.HandleFunc("GET /unhandled", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, append([]string{}, c.Tenant.UnhandledRequests()...))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotImplemented, fault("notImplemented", fmt.Errorf("the tenant's control port does not know %s %s", r.Method, r.URL.Path)))
	})
	return mux
}

// maxSetup bounds a state that is sent.
const maxSetup = 16 << 20

func read(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxSetup))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func fault(code string, err error) map[string]map[string]string {
	return map[string]map[string]string{"error": {"code": code, "message": err.Error()}}
}

// apply brings the tenant into the state: people, groups, then what refers to
// them.
func (c *Cloud) apply(s setup.State) error {
	for _, p := range s.People {
		if err := c.person(p); err != nil {
			return fmt.Errorf("set up %s: %w", p.UPN, err)
		}
	}
	for _, g := range s.Groups {
		if err := c.group(g); err != nil {
			return fmt.Errorf("set up group %s: %w", g.Name, err)
		}
	}
	if s.Policy != nil {
		if err := c.policy(*s.Policy); err != nil {
			return fmt.Errorf("set up the password reset policy: %w", err)
		}
	}
	if s.Preview != nil {
		if err := c.preview(*s.Preview); err != nil {
			return fmt.Errorf("set up the combined registration preview: %w", err)
		}
	}
	if s.Banned != nil {
		c.Tenant.SetBanned(*s.Banned)
	}
	return nil
}

func (c *Cloud) person(p setup.Person) error {
	u, known := c.Tenant.User(p.UPN)
	if !known {
		var err error
		if u, err = c.Tenant.AddUser(entra.User{UPN: p.UPN, Name: p.Name, GivenName: p.GivenName, Surname: p.Surname, Enabled: true}); err != nil {
			return err
		}
	}
	for _, role := range p.Roles {
		if _, ok := entra.FindRole(role); !ok {
			return fmt.Errorf("unknown role %q", role)
		}
	}
	apps, err := c.apps(p.AppKeys)
	if err != nil {
		return err
	}
	if _, err := c.Tenant.Update(u.ID, func(u *entra.User) error { complete(u, p, apps); return nil }); err != nil {
		return err
	}
	if p.Password != "" {
		return c.Tenant.SetPassword(u.ID, p.Password, p.MustChange)
	}
	return nil
}

// complete writes what p states over u.
func complete(u *entra.User, p setup.Person, apps []entra.App) {
	for _, f := range []struct {
		to   *string
		from string
	}{{&u.Mail, p.Mail}, {&u.MobilePhone, p.MobilePhone}, {&u.OfficePhone, p.OfficePhone}, {&u.UsageLocation, p.UsageLocation},
		{&u.Security.Phone, p.Phone}, {&u.Security.Email, p.Email}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if p.AlternateMail != "" {
		u.AlternateMails = []string{p.AlternateMail}
	}
	if p.Licences != nil {
		u.Licences = slices.Clone(p.Licences)
	}
	if p.Roles != nil {
		u.Roles = slices.Clone(p.Roles)
	}
	if p.Disabled {
		u.Enabled = false
	}
	for _, q := range p.Questions {
		u.Security.Questions = append(u.Security.Questions, entra.NewQuestion(q.Question, q.Answer))
	}
	u.Security.Apps = append(u.Security.Apps, apps...)
	if !p.Confirmed.IsZero() {
		u.Security.Confirmed = p.Confirmed
	}
}

func (c *Cloud) apps(keys []string) (apps []entra.App, err error) {
	for _, key := range keys {
		secret, err := totp.DecodeKey(key)
		if err != nil {
			return nil, fmt.Errorf("app key: %w", err)
		}
		apps = append(apps, entra.App{ID: c.Tenant.Chance().GUID(), Name: "Authenticator app", Secret: secret, Added: c.Tenant.Now()})
	}
	return apps, nil
}

func (c *Cloud) group(g setup.Group) error {
	found, known := c.Tenant.Group(g.Name)
	if !known {
		var err error
		if found, err = c.Tenant.AddGroup(entra.Group{Name: g.Name}); err != nil {
			return err
		}
	}
	var members []string
	for _, m := range g.Members {
		if u, ok := c.Tenant.User(m); ok {
			members = append(members, u.ID)
		} else if nested, ok := c.Tenant.Group(m); ok {
			members = append(members, nested.ID)
		} else {
			return fmt.Errorf("no user or group %s", m)
		}
	}
	_, err := c.Tenant.UpdateGroup(found.ID, func(g *entra.Group) error { g.Members = members; return nil })
	return err
}

func (c *Cloud) policy(p setup.Policy) error {
	next := c.Tenant.Policy()
	enabled, ok := entra.ParseEnablement(p.Enabled)
	if !ok {
		return fmt.Errorf("enabled is None, Selected or All, not %q", p.Enabled)
	}
	next.Enabled, next.Group, next.Methods = enabled, "", 0
	if p.Group != "" {
		g, ok := c.Tenant.Group(p.Group)
		if !ok {
			return fmt.Errorf("no group %q", p.Group)
		}
		next.Group = g.ID
	}
	for _, label := range p.Methods {
		m, ok := entra.ParseMethod(label)
		if !ok {
			return fmt.Errorf("unknown method %q", label)
		}
		next.Methods |= entra.NewMethodSet(m)
	}
	next.Required, next.QuestionsToRegister, next.QuestionsToReset = p.Required, p.QuestionsToRegister, p.QuestionsToReset
	next.RequireRegistration, next.ReconfirmDays = p.RequireRegistration, p.ReconfirmDays
	next.NotifyUsers, next.NotifyAdmins = p.NotifyUsers, p.NotifyAdmins
	next.CustomHelpdesk, next.Helpdesk = p.Helpdesk != "", p.Helpdesk
	next.WriteBack, next.UnlockWithoutReset, next.AdminReset = p.WriteBack, p.UnlockWithoutReset, !p.AdminsOff
	for _, problem := range next.Problems() {
		if !problem.Warning {
			return fmt.Errorf("%s (%s)", strings.TrimSuffix(problem.Text, "."), problem.Rule)
		}
	}
	c.Tenant.SetPolicy(entra.Party{Name: "lab set-up", Type: "App"}, next)
	return nil
}

func (c *Cloud) preview(p setup.Preview) error {
	scope, ok := entra.ParseEnablement(p.Scope)
	if !ok {
		return fmt.Errorf("scope is None, Selected or All, not %q", p.Scope)
	}
	next := entra.Preview{Scope: scope}
	if scope == entra.Selected {
		g, ok := c.Tenant.Group(p.Group)
		if !ok {
			return fmt.Errorf("no group %q", p.Group)
		}
		next.Group = g.ID
	}
	c.Tenant.SetPreview(next)
	return nil
}
