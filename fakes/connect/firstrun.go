package connect

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/page"
)

// onwards is the take of a page that has nothing to decide.
func onwards(context.Context, *Agent, *run, url.Values) complaint { return complaint{} }

func expressSettings() step {
	return step{slug: "express", name: "Express settings", button: "Customize",
		show: func(_ context.Context, _ *Agent, _ *run, p *page.Page, _ complaint) {
			p.Lead = []string{"Express settings turn on password hash synchronization for one forest. Customize to choose for yourself."}
			p.Parts = []page.Part{page.Choices{Name: "express", Legend: "Instead", Many: true, Options: []page.Option{
				{Value: "yes", Label: "Use express settings", Disabled: true, Hint: "Not modelled by the lab."}}}}
		},
		take: func(_ context.Context, _ *Agent, _ *run, form url.Values) complaint {
			if form.Get("express") != "" {
				return complaint{alert: "Use express settings", status: http.StatusNotImplemented}
			}
			return complaint{}
		},
	}
}

// components is the page of R-AAC-02.
func components() step {
	return step{slug: "components", name: "Install required components", button: "Install",
		show: func(_ context.Context, _ *Agent, _ *run, p *page.Page, _ complaint) {
			c := page.Choices{Name: "component", Legend: "Optional configuration", Many: true}
			for _, label := range []string{"Specify a custom installation location", "Use an existing SQL Server",
				"Use an existing service account", "Specify custom sync groups"} {
				c.Options = append(c.Options, page.Option{Value: label, Label: label, Disabled: true, Hint: "Not modelled by the lab."})
			}
			p.Lead = []string{"No existing synchronisation service was found on this server. It will be installed."}
			p.Parts = []page.Part{c}
		},
		take: onwards,
	}
}

// passThrough is the way people sign in that the lab models.
const passThrough = "Pass-through authentication"

// userSignIn is the page of R-AAC-03.
func userSignIn() step {
	return step{slug: "sign-in", name: "User sign-in",
		show: func(_ context.Context, _ *Agent, _ *run, p *page.Page, wrong complaint) {
			c := page.Choices{Name: "method", Legend: "Select the sign-in method", Error: wrong.of("method")}
			for _, m := range []string{"Password Hash Synchronization", passThrough, "Federation with AD FS",
				"Federation with PingFederate", "Do not configure"} {
				o := page.Option{Value: m, Label: m, Chosen: m == passThrough, Disabled: m != passThrough}
				if o.Disabled {
					o.Hint = "Not modelled by the lab."
				}
				c.Options = append(c.Options, o)
			}
			p.Parts = []page.Part{c}
		},
		take: func(_ context.Context, _ *Agent, _ *run, form url.Values) complaint {
			switch method := form.Get("method"); method {
			case passThrough:
				return complaint{}
			case "":
				return complaint{alert: "Select how people sign in.", field: "method", text: "Select one."}
			default:
				return complaint{alert: method, status: http.StatusNotImplemented}
			}
		},
	}
}

// suffixes is the page of R-AAC-06, whose name follows the cloud's.
func suffixes(cloud string) step {
	return step{slug: "suffixes", name: cloud + " sign-in configuration",
		show: func(ctx context.Context, a *Agent, r *run, p *page.Page, wrong complaint) {
			p.Lead = []string{"People sign in to " + a.cloudName() + " with the password they have on-premises if the suffix of their name is a verified domain."}
			table := page.Table{Caption: "User principal name suffixes", Head: []string{"Suffix", "Domain"}, Empty: "Nobody has a user principal name."}
			found, err := a.suffixes(ctx)
			if err != nil {
				p.Alert = "The directory could not be read: " + err.Error()
			}
			for _, s := range found {
				state := "Not Added"
				if verified(r.account.Domains, s) {
					state = "Verified"
				}
				table.Rows = append(table.Rows, []page.Cell{{Text: s}, {Text: state}})
			}
			p.Parts = []page.Part{table, page.List{Items: []page.Term{{Term: "User principal name", Value: "userPrincipalName"}}},
				page.Choices{Name: "continue", Legend: "Without a match", Many: true, Error: wrong.of("continue"), Options: []page.Option{
					{Value: "yes", Label: "Continue without matching all UPN suffixes to verified domains", Chosen: r.agreed}}}}
		},
		take: func(ctx context.Context, a *Agent, r *run, form url.Values) complaint {
			found, err := a.suffixes(ctx)
			if err != nil {
				return complaint{alert: "The directory could not be read: " + err.Error()}
			}
			r.agreed = form.Get("continue") != ""
			all := !slices.ContainsFunc(found, func(s string) bool { return !verified(r.account.Domains, s) })
			if !all && !r.agreed {
				return complaint{alert: "Not every suffix is a verified domain.", field: "continue", text: "Select this to continue all the same."}
			}
			return complaint{}
		},
	}
}

// suffixes returns what follows the @ in the directory's user principal names.
func (a *Agent) suffixes(ctx context.Context) ([]string, error) {
	dir, err := a.corp.use(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := dir.Accounts(ctx, "")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, acc := range accounts {
		_, suffix, ok := strings.Cut(strings.ToLower(acc.UPN), "@")
		if ok && !serviceAccount(acc.SAM) && !slices.Contains(found, suffix) {
			found = append(found, suffix)
		}
	}
	slices.Sort(found)
	return found, nil
}

func verified(domains []string, suffix string) bool {
	return slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, suffix) })
}

// identifying is about the source anchor (R-AAC-23).
func identifying() step {
	return step{slug: "identifying", name: "Uniquely identifying your users",
		show: func(_ context.Context, a *Agent, _ *run, p *page.Page, _ complaint) {
			p.Parts = []page.Part{
				page.Choices{Name: "represented", Legend: "How people are represented in your directories", Options: []page.Option{
					{Value: "once", Label: "Users are represented only once across all directories", Chosen: true},
					{Value: "several", Label: "User identities exist across multiple directories", Disabled: true, Hint: "Not modelled by the lab."}}},
				page.List{Items: []page.Term{{Term: "Source anchor", Value: "mS-DS-ConsistencyGuid, else objectGUID"}}},
			}
			p.Lead = []string{"The source anchor ties a person to one object of " + a.cloudName() + " for life."}
		},
		take: onwards,
	}
}

// filterUsers is the page of R-AAC-07.
func filterUsers() step {
	return step{slug: "users", name: "Filter users and devices",
		show: func(_ context.Context, _ *Agent, _ *run, p *page.Page, _ complaint) {
			p.Parts = []page.Part{page.Choices{Name: "filter", Legend: "Who is synchronised", Options: []page.Option{
				{Value: "all", Label: "Synchronize all users and devices", Chosen: true},
				{Value: "group", Label: "Synchronize selected", Disabled: true, Hint: "Not modelled by the lab: choose organisational units."}}}}
		},
		take: onwards,
	}
}
