package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/scenarios/script"
)

// setUp brings the lab into the scenario's state, in the order of life: the
// directory, the tenant's own people, synchronisation, what people have
// registered, and the policy.
func (w *world) setUp(ctx context.Context) error {
	for _, p := range w.scenario.People {
		w.actors[p.Key] = w.newActor(p)
	}
	steps := []func(context.Context) error{w.fillDirectory, w.fit, w.addCloudPeople, w.connectDirectory, w.completePeople, w.enableWriteback, w.applyPolicy, w.lockAccounts}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) onPremises() bool { return w.scenario.Directory != nil }

// fillDirectory makes people and groups on-premises.
func (w *world) fillDirectory(ctx context.Context) error {
	if !w.onPremises() {
		return nil
	}
	ou := "OU=" + lab.People + "," + w.directory.Base()
	for _, a := range w.actors {
		if a.person.From != script.FromDirectory {
			continue
		}
		x := a.person
		account, err := w.directory.CreateAccount(ctx, directory.NewAccount{
			Parent: ou, Name: x.Name, SAM: w.tree.Account(x.Key), UPN: x.UPN, GivenName: x.GivenName, Surname: x.Surname, Mail: x.Mail,
			Mobile: x.Mobile, OfficePhone: x.OfficePhone, Password: a.password, MustChange: x.MustChange, NeverExpires: x.PasswordNeverExpires, Disabled: !x.Enabled,
		})
		if err != nil {
			return fmt.Errorf("%s: make the account of %s: %w", x.At, x.Key, err)
		}
		a.dn = account.DN
	}
	return w.addDirectoryGroups(ctx, ou)
}

func (w *world) addDirectoryGroups(ctx context.Context, ou string) error {
	for _, g := range w.scenario.Groups {
		if g.From != script.FromDirectory || !g.Exists {
			continue
		}
		var members []string
		for _, m := range g.Members {
			members = append(members, w.actors[m].dn)
		}
		if _, err := w.directory.CreateGroupAs(ctx, ou, g.Name, w.tree.Group(g.Name), members...); err != nil {
			return fmt.Errorf("%s: make the group %s: %w", g.At, g.Name, err)
		}
	}
	return nil
}

// syncAccount is the account that the Connect agent's set-up makes for itself.
const syncAccount = "sync_dc1@"

func (w *world) syncPassword() string { return "Lab-" + w.lab.Seed.Stream("run/sync").Token(12) }

func (w *world) addCloudPeople(ctx context.Context) error {
	var s setup.State
	if w.scenario.Connect.Installed {
		s.People = append(s.People, setup.Person{UPN: syncAccount + w.scenario.Domain, Name: "On-Premises Directory Synchronization Service Account",
			Password: w.syncPassword(), Roles: []string{"Directory Synchronization Accounts", "Global Administrator"}, Licences: []string{}})
	}
	for _, a := range w.people() {
		if a.person.From == script.FromCloud {
			s.People = append(s.People, w.ownPerson(a))
		}
	}
	return w.tenant.Apply(ctx, s)
}

// people are the actors in the order of the file.
func (w *world) people() (list []*actor) {
	for _, p := range w.scenario.People {
		list = append(list, w.actors[p.Key])
	}
	return list
}

// ownPerson is a cloud-only person as the tenant is told of.
func (w *world) ownPerson(a *actor) setup.Person {
	p := a.person
	return setup.Person{
		UPN: p.UPN, Name: p.Name, GivenName: p.GivenName, Surname: p.Surname, Password: a.password, MustChange: p.MustChange, Disabled: !p.Enabled,
		Mail: p.Mail, MobilePhone: p.Mobile, OfficePhone: p.OfficePhone,
	}
}

func (w *world) connectDirectory(ctx context.Context) error {
	if !w.scenario.Connect.Installed {
		return nil
	}
	if err := w.connect.install(ctx, syncAccount+w.scenario.Domain, w.syncPassword()); err != nil {
		return err
	}
	return w.connect.sync(ctx)
}

// completePeople adds what the tenant alone knows of people: licences, roles,
// and what they have registered.
func (w *world) completePeople(ctx context.Context) error {
	var s setup.State
	for _, a := range w.people() {
		p := a.person
		x := setup.Person{UPN: p.UPN, AlternateMail: p.AlternateEmail, UsageLocation: p.UsageLocation, Roles: p.Roles}
		if p.Licence != "" {
			x.Licences = []string{p.Licence}
		}
		if err := w.registered(ctx, a, &x); err != nil {
			return err
		}
		s.People = append(s.People, x)
	}
	for _, g := range w.scenario.Groups {
		if g.From == script.FromDirectory || !g.Exists {
			continue
		}
		group := setup.Group{Name: g.Name}
		for _, m := range g.Members {
			group.Members = append(group.Members, w.actors[m].person.UPN)
		}
		s.Groups = append(s.Groups, group)
	}
	if err := w.tenant.Apply(ctx, s); err != nil {
		return err
	}
	return w.enrolApps(ctx)
}

// registered fills in what a person has registered before the scenario starts.
func (w *world) registered(ctx context.Context, a *actor, x *setup.Person) error {
	p := a.person
	if len(p.Registered) == 0 {
		return nil
	}
	x.Confirmed = p.RegisteredOn
	if x.Confirmed.IsZero() {
		x.Confirmed = w.started
	}
	for _, m := range p.Registered {
		switch m {
		case script.MobilePhone:
			x.Phone = p.Phone()
		case script.Email:
			x.Email = p.Mailbox()
		case script.SecurityQuestions:
			x.Questions = a.answers
		case script.AppCode:
			if slices.Contains(p.Registered, script.AppNotification) {
				continue // one app does both
			}
			key := totp.EncodeKey(w.lab.Seed.Stream("run/app/" + p.Key).Bytes(totp.KeyBytes))
			w.secret("key", key)
			x.AppKeys = append(x.AppKeys, key)
			account, err := w.phone.EnterKey(ctx, p.Key, key, p.UPN, w.scenario.Organisation)
			if err != nil {
				return fmt.Errorf("give the app of %s its key: %w", p.Key, err)
			}
			a.app, a.appKey = account.ID, key
		}
	}
	return nil
}

// enrolApps lets the apps that take notifications register themselves.
func (w *world) enrolApps(ctx context.Context) error {
	for _, a := range w.people() {
		if !slices.Contains(a.person.Registered, script.AppNotification) {
			continue
		}
		uri, err := w.tenant.Enrol(ctx, a.person.UPN)
		if err != nil {
			return err
		}
		account, err := w.phone.ScanURI(ctx, a.person.Key, uri)
		if err != nil {
			return fmt.Errorf("enrol the app of %s: %w", a.person.Key, err)
		}
		a.app = account.ID
	}
	return nil
}

func (w *world) enableWriteback(ctx context.Context) error {
	if !w.scenario.Connect.Writeback {
		return nil
	}
	// The wizard needs a licence with writeback somewhere in the tenant
	// (R-LIC-09); the account that synchronises lends its own for the moment.
	upn := syncAccount + w.scenario.Domain
	lend := func(licences ...string) error {
		return w.tenant.Apply(ctx, setup.State{People: []setup.Person{{UPN: upn, Licences: append([]string{}, licences...)}}})
	}
	if err := lend("AAD_PREMIUM"); err != nil {
		return err
	}
	return errors.Join(w.connect.configure(ctx, true, upn, w.syncPassword()), lend())
}

var enabledNames = map[script.Scope]string{script.ScopeNone: "None", script.ScopeSelected: "Selected", script.ScopeAll: "All"}

func (w *world) applyPolicy(ctx context.Context) error {
	t := w.scenario.Tenant
	r := t.PasswordReset
	p := setup.Policy{
		Enabled: enabledNames[r.Enabled], Group: r.Group, Required: r.MethodsRequired, QuestionsToRegister: r.Questions.ToRegister, QuestionsToReset: r.Questions.ToReset,
		RequireRegistration: r.Registration.Required, ReconfirmDays: r.Registration.ReconfirmAfter, NotifyUsers: r.Notifications.Users, NotifyAdmins: r.Notifications.Admins,
		Helpdesk: r.Helpdesk, WriteBack: r.WriteBack, UnlockWithoutReset: r.UnlockWithoutReset, AdminsOff: !t.AdminsReset,
	}
	for _, m := range r.Methods {
		p.Methods = append(p.Methods, string(m))
	}
	banned := append([]string{}, t.BannedPasswords...)
	return w.tenant.Apply(ctx, setup.State{Policy: &p, Banned: &banned, Preview: &setup.Preview{Scope: enabledNames[t.Combined.For], Group: t.Combined.Group}})
}

// lockAccounts locks who starts locked, as life does: by wrong passwords.
func (w *world) lockAccounts(ctx context.Context) error {
	for _, a := range w.people() {
		if !a.person.Locked {
			continue
		}
		for range w.scenario.Directory.Policy.LockoutThreshold {
			var refused *directory.Refusal
			if err := w.directory.Authenticate(ctx, a.person.UPN, "not the password"); !errors.As(err, &refused) {
				return fmt.Errorf("lock %s: %w", a.person.Key, err)
			}
		}
	}
	return nil
}
