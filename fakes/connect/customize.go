package connect

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/relay/envelope"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// connectCloud signs an administrator in (R-AAC-04).
func connectCloud(cloud string) step {
	return step{slug: "cloud", name: "Connect to " + cloud,
		show: func(_ context.Context, a *Agent, r *run, p *page.Page, wrong complaint) {
			p.Lead = []string{"Enter the credentials of " + a.neededRole() + "."}
			p.Parts = []page.Part{
				page.Input{Name: "user", Label: "User name", Value: r.user, Complete: "username", Error: wrong.of("user")},
				page.Input{Name: "password", Label: "Password", Type: "password", Complete: "current-password", Error: wrong.of("password")},
			}
		},
		take: func(ctx context.Context, a *Agent, r *run, form url.Values) complaint {
			user, password := strings.TrimSpace(form.Get("user")), form.Get("password")
			r.user = user
			switch {
			case user == "":
				return complaint{alert: "Enter your credentials.", field: "user", text: "Enter a user name."}
			case password == "":
				return complaint{alert: "Enter your credentials.", field: "password", text: "Enter the password."}
			}
			token, acc, err := a.signIn(ctx, user, password)
			if err != nil {
				return complaint{alert: a.signInText(err)}
			}
			r.token, r.account = token, acc
			return complaint{}
		},
	}
}

// neededRole is who may configure the agent (R-GAP-26).
func (a *Agent) neededRole() string {
	if a.config.Era == entra.Era2019 {
		return "a " + a.config.Era.Names().GlobalAdmin
	}
	return "a " + a.config.Era.Names().GlobalAdmin + " or Hybrid Identity Administrator"
}

// signInText is what the wizard says of a refused sign-in (R-WB-86).
func (a *Agent) signInText(err error) string {
	var refused *SignInError
	switch {
	case errors.Is(err, errRole):
		return "This account cannot configure " + a.product() + ". Use the account of " + a.neededRole() + "."
	case !errors.As(err, &refused):
		return a.cloudName() + " could not be reached. Check the network of this server and try again."
	}
	switch entra.SignIn(refused.Code) {
	case entra.WrongCredentials, entra.UnknownUserName, entra.NoPassword:
		return "The user name or password is incorrect. Verify your user name, and then type your password again."
	case entra.SmartLocked:
		return "The account is locked. Try again later, or use another one."
	case entra.PasswordOutdated, entra.OnPremExpired:
		return "The password has expired or must be changed. Sign in to the portal and change it first."
	case entra.UserDisabled:
		return "The account is disabled."
	}
	return "The account was not accepted. " + refused.Text
}

// connectDirectories lists the forest and checks that it can be reached.
func connectDirectories() step {
	return step{slug: "directories", name: "Connect your directories",
		show: func(_ context.Context, a *Agent, _ *run, p *page.Page, _ complaint) {
			p.Lead = []string{"The agent reads and writes each directory as its connector account."}
			p.Parts = []page.Part{page.Table{Caption: "Configured directories", Head: []string{"Forest", "Directory type", "Account"},
				Rows: [][]page.Cell{{{Text: a.forest()}, {Text: "Active Directory"}, {Text: a.config.Directory.User}}}}}
		},
		take: func(ctx context.Context, a *Agent, _ *run, _ url.Values) complaint {
			if _, err := a.presentDNs(ctx); err != nil {
				return complaint{alert: "The directory could not be read with its connector account: " + err.Error()}
			}
			return complaint{}
		},
	}
}

// presentDNs lists where the directory's people and groups are.
func (a *Agent) presentDNs(ctx context.Context) ([]string, error) {
	dir, err := a.corp.use(ctx)
	if err != nil {
		return nil, err
	}
	present, err := dir.Anchors(ctx, "")
	return slices.Collect(maps.Values(present)), err
}

// forest returns the forest's name. It is called with or without a.mu.
func (a *Agent) forest() string {
	if a.config.Forest != "" {
		return a.config.Forest
	}
	return a.corp.domain()
}

// filtering chooses organisational units.
func filtering() step {
	return step{slug: "filtering", name: "Domain and OU filtering",
		show: func(ctx context.Context, a *Agent, r *run, p *page.Page, wrong complaint) {
			all := page.Choices{Name: "scope", Legend: "Directory: " + a.forest(), Options: []page.Option{
				{Value: "all", Label: "Sync all domains and OUs", Chosen: r.next.units == nil},
				{Value: "selected", Label: "Sync selected domains and OUs", Chosen: r.next.units != nil},
			}}
			p.Parts = []page.Part{all}
			units, err := a.unitList(ctx)
			if err != nil {
				p.Alert = "The directory could not be read: " + err.Error()
				return
			}
			selected := page.Choices{Name: "unit", Legend: "Organisational units", Many: true, Error: wrong.of("unit")}
			for _, u := range units {
				selected.Options = append(selected.Options, page.Option{Value: u, Label: u, Chosen: slices.Contains(r.next.units, u)})
			}
			p.Parts = append(p.Parts, selected)
		},
		take: func(ctx context.Context, a *Agent, r *run, form url.Values) complaint {
			units, err := a.unitList(ctx)
			if err != nil {
				return complaint{alert: "The directory could not be read: " + err.Error()}
			}
			var chosen []string
			for _, u := range units {
				if slices.Contains(form["unit"], u) {
					chosen = append(chosen, u)
				}
			}
			switch form.Get("scope") {
			case "all":
				chosen = nil
			case "selected":
				if chosen == nil {
					return complaint{alert: "Select what is synchronised.", field: "unit", text: "Select at least one organisational unit."}
				}
			default:
				return complaint{alert: "Select what is synchronised."}
			}
			r.next.initial = r.next.initial || !slices.Equal(chosen, r.next.units)
			r.next.units = chosen
			return complaint{}
		},
	}
}

// unitList lists the organisational units that hold people or groups.
func (a *Agent) unitList(ctx context.Context) ([]string, error) {
	dns, err := a.presentDNs(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := a.corp.use(ctx)
	if err != nil {
		return nil, err
	}
	return unitsOf(dns, dir.Base()), nil
}

// featureWriteback is the tick box that everything is about.
const featureWriteback = "Password writeback"

// featureList are the optional features of R-AAC-08.
func (a *Agent) featureList() []string {
	return []string{"Exchange hybrid deployment", "Exchange mail public folders", a.cloudName() + " app and attribute filtering",
		"Password hash synchronization", featureWriteback, "Group writeback", "Device writeback", "Directory extension attribute sync"}
}

// features ticks the optional features; writeback is not ticked by default
// (R-AAC-09).
func features() step {
	return step{slug: "features", name: "Optional features",
		show: func(_ context.Context, a *Agent, r *run, p *page.Page, _ complaint) {
			p.Lead = []string{"Select enhanced functionality if your organisation needs it."}
			c := page.Choices{Name: "feature", Legend: "Features", Many: true}
			for _, f := range a.featureList() {
				o := page.Option{Value: f, Label: f, Disabled: f != featureWriteback, Chosen: f == featureWriteback && r.next.writeback}
				if o.Disabled {
					o.Hint = "Not modelled by the lab."
				}
				c.Options = append(c.Options, o)
			}
			p.Parts = []page.Part{c}
		},
		take: func(_ context.Context, _ *Agent, r *run, form url.Values) complaint {
			for _, f := range form["feature"] {
				if f != featureWriteback {
					return complaint{alert: f, status: http.StatusNotImplemented}
				}
			}
			r.next.writeback = slices.Contains(form["feature"], featureWriteback)
			return complaint{}
		},
	}
}

// ready announces what will be done (R-AAC-10) and does it (R-AAC-11).
func ready() step {
	return step{slug: "ready", name: "Ready to configure", button: "Configure",
		show: func(_ context.Context, a *Agent, r *run, p *page.Page, wrong complaint) {
			if wrong.none() {
				p.Notice = a.writebackNotice(r.next)
			}
			p.Parts = []page.Part{
				page.Text{Heading: "Once you select Configure, we will do the following", Paragraphs: a.plans(r.next)},
				page.Choices{Name: "options", Legend: "Options", Many: true, Options: []page.Option{
					{Name: "start", Value: "yes", Label: "Start the synchronization process when configuration completes", Chosen: r.next.cycle},
					{Name: "staging", Value: "yes", Label: "Enable staging mode", Chosen: r.next.staging,
						Hint: "When selected, synchronisation exports nothing, and no password is written back."},
				}},
			}
		},
		take: func(ctx context.Context, a *Agent, r *run, form url.Values) complaint {
			if !a.cycle.TryLock() {
				return complaint{alert: "A synchronisation cycle is running. Wait until it is finished, then select Configure again."}
			}
			a.cycle.Unlock()
			r.next.cycle, r.next.staging = form.Get("start") != "", form.Get("staging") != ""
			done := a.plans(r.next)
			if err := a.apply(ctx, r.token, r.next); err != nil {
				return complaint{alert: a.configureText(err)}
			}
			r.done, r.token = done, ""
			return complaint{}
		},
	}
}

// writebackNotice is the notice of R-AAC-10.
func (a *Agent) writebackNotice(s settings) string {
	switch before := a.settings().writeback; {
	case s.writeback && !before:
		return "Password writeback will be enabled."
	case !s.writeback && before:
		return "Password writeback will be disabled."
	}
	return ""
}

// plans lists what a configuration will do.
func (a *Agent) plans(s settings) []string {
	before := a.settings()
	var list []string
	if !a.Status().Installed {
		list = append(list, "Install the synchronisation engine and connect it with "+a.cloudName()+".")
	}
	if !slices.Equal(before.units, s.units) {
		list = append(list, "Change what is synchronised.")
	}
	turn := map[bool]string{true: "Enable", false: "Disable"}
	if before.writeback != s.writeback {
		list = append(list, turn[s.writeback]+" password writeback.")
	}
	if before.staging != s.staging {
		list = append(list, turn[s.staging]+" staging mode.")
	}
	if len(list) == 0 {
		list = append(list, "Keep the present configuration.")
	}
	return list
}

// configureText is what the wizard says when configuring failed (R-AAC-13).
func (a *Agent) configureText(err error) string {
	switch problemCode(err) {
	case envelope.NotLicensed:
		return "Password writeback could not be configured: the tenant has no licence that includes it. Assign " +
			a.config.Era.Names().Premium + " P1 or P2 to somebody, then select Configure again."
	case envelope.Unauthorized, envelope.Forbidden:
		return "Password writeback could not be configured: the account was not accepted any more. Go back and sign in again."
	}
	return "The configuration could not be completed: " + err.Error()
}

// complete is the end.
func complete() step {
	return step{slug: "complete", name: "Configuration complete",
		show: func(_ context.Context, a *Agent, r *run, p *page.Page, _ complaint) {
			p.Notice = a.product() + " configuration succeeded."
			if r.next.cycle {
				p.Lead = []string{"The synchronisation process has been initiated."}
			}
			p.Parts = []page.Part{page.Text{Heading: "What was done", Paragraphs: r.done}}
		},
	}
}
