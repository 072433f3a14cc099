package signin

import (
	"net/http"
	"net/url"

	"github.com/ssprlab/ssprlab/fakes/entra"
	"github.com/ssprlab/ssprlab/fakes/entra/visit"
	"github.com/ssprlab/ssprlab/fakes/page"
)

// showMore says that the organisation wants more than the password (R-REG-13).
func (l *Login) showMore(w http.ResponseWriter, _ *http.Request, f *flow, u entra.User) {
	l.write(w, http.StatusOK, page.Page{
		Heading: "More information required", Brand: l.tenant.Organisation(), Lead: []string{u.UPN, "Your organisation needs more information to keep your account secure."},
		Parts: []page.Part{
			page.Form{Action: "/common/more", Buttons: []page.Button{{Label: "Next", ID: "idSubmit_ProofUp_Redirect", Input: true}}},
			page.Links{Items: []page.Link{{Label: "Use a different account", URL: "/common/username"}}},
		},
	})
}

// interrupt sends the person to register or review, vouching for who it is.
// Outside the preview of 2019 that is the older page (R-REG-03).
func (l *Login) interrupt(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
	f.sent = true
	back := l.tenant.Hosts().URL(entra.LoginHost, "/common/resume")
	code := l.tenant.Issue(entra.Grant{User: u.ID, Client: entra.InterruptClient, RedirectURI: back, At: f.at})
	host, path := entra.SecurityInfoHost, "/interrupt"
	if !l.tenant.Combined(u) {
		path = "/ssprsetup/interrupt"
	}
	visit.Go(w, r, l.tenant.Hosts().URL(host, path+"?"+url.Values{"code": {code}}.Encode()))
}

// resume takes the person back from registration, finished or skipped. Who was
// never sent there has not been asked.
func (l *Login) resume(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
	f.asked = f.asked || f.sent
	l.proceed(w, r, f, u)
}

// showStay asks whether to stay signed in (AADSTS50140).
func (l *Login) showStay(w http.ResponseWriter, _ *http.Request, f *flow, u entra.User) {
	l.write(w, http.StatusOK, page.Page{
		Heading: "Stay signed in?", Lead: []string{u.UPN, "Do this to reduce the number of times you are asked to sign in."},
		Parts: []page.Part{page.Form{Action: "/common/kmsi", Buttons: []page.Button{
			{Label: "No", ID: "idBtn_Back", Name: "LoginOptions", Quiet: true, Input: true},
			{Label: "Yes", ID: "idSIButton9", Name: "LoginOptions", Input: true},
		}}},
	})
}

// takeStay finishes the sign-in. The browser's single sign-on lasts as long as
// its cookies either way; the product's longer one is not modelled.
func (l *Login) takeStay(w http.ResponseWriter, r *http.Request, f *flow, u entra.User) {
	f.stayed = true
	l.singles.Begin(w, r, &single{u.ID, f.at})
	l.proceed(w, r, f, u)
}

// trouble is "Can't access your account?" (R-RST-03).
func (l *Login) trouble(w http.ResponseWriter, r *http.Request) {
	l.write(w, http.StatusOK, page.Page{
		Heading: "Which type of account do you need help with?",
		Parts: []page.Part{page.Links{Stacked: true, Items: []page.Link{
			{Label: "Work or school account", URL: l.tenant.Hosts().URL(entra.ResetHost, "/"), Hint: "Created by your IT department."},
		}}, page.Text{Paragraphs: []string{"Personal accounts are not modelled in the lab."}}},
	})
}

func (l *Login) showChange(w http.ResponseWriter, _ *http.Request, f *flow) {
	l.change(w, f, "", "", "")
}

// outdated lets a request through to h when the password was right and must be
// changed.
func (l *Login) outdated(h func(http.ResponseWriter, *http.Request, *flow)) http.HandlerFunc {
	return l.during(func(w http.ResponseWriter, r *http.Request, f *flow) {
		if !f.outdated {
			visit.Go(w, r, "/common/login")
			return
		}
		h(w, r, f)
	})
}

// change is the page of a forced change (R-CHG-14).
func (l *Login) change(w http.ResponseWriter, f *flow, current, fresh, confirm string) {
	l.write(w, http.StatusOK, page.Page{
		Heading: "Update your password", Lead: []string{f.typed, "You need to update your password because this is the first time you are signing in, or because your password has expired."},
		Parts: []page.Part{page.Form{Action: "/common/change", Controls: []page.Part{
			page.Input{Name: "currentpasswd", ID: "currentPassword", Label: "Current password", Type: "password", Complete: "current-password", Error: current},
			page.Input{Name: "newpasswd", ID: "newPassword", Label: "New password", Type: "password", Complete: "new-password", Error: fresh},
			page.Input{Name: "confirmnewpasswd", ID: "confirmNewPassword", Label: "Confirm password", Type: "password", Complete: "new-password", Error: confirm},
		}, Buttons: []page.Button{{Label: "Sign in", ID: "idSIButton9", Input: true}}}},
		Convention: "The password is changed first, then comes registration (R-GAP-58).",
	})
}

// takeChange changes the password and signs in with the new one. The proof is
// the old password, checked with the change itself.
func (l *Login) takeChange(w http.ResponseWriter, r *http.Request, f *flow) {
	current, fresh, confirm := r.PostForm.Get("currentpasswd"), r.PostForm.Get("newpasswd"), r.PostForm.Get("confirmnewpasswd")
	u, verdict := l.tenant.Authenticate(r.Context(), f.typed, current)
	switch {
	case verdict != entra.PasswordOutdated && verdict != entra.SignedIn:
		l.change(w, f, problems[verdict], "", "")
		return
	case fresh == "":
		l.change(w, f, "", "Enter a new password.", "")
		return
	case fresh != confirm:
		l.change(w, f, "", "", "The two passwords are not the same.")
		return
	}
	if refused := l.tenant.Change(r.Context(), u, current, fresh); refused != nil {
		l.change(w, f, "", refused.Text, "")
		return
	}
	u, _ = l.tenant.User(u.ID)
	l.signedIn(w, r, f, u)
}
