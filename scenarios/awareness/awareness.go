// Package awareness writes and sends the mails that tell people of
// self-service password reset before and while it is rolled out (R-ROL-16): it
// comes soon, it is there, and please register.
//
// Modelled: the three mails, each as text and as HTML, in the organisation's
// name and in words of our own; what they promise follows the policy
// (R-ROL-17), and the short links that people know (R-ROL-19) are labels that
// lead to the lab's own hosts, or plain text. Not modelled: the posters, the
// training, other languages than English, and mail systems beyond one hop of
// SMTP without TLS.
package awareness

import (
	"cmp"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Mail is one mail to one person.
type Mail struct {
	// Template is one of [Templates]: "coming-soon", "awareness" (it is
	// available now) or "reminder" (to register).
	Template     string
	To           string    // the person's address
	Organisation string    // in whose name it is written
	Date         time.Time // of the mail, on the lab's clock

	// Helpdesk is whom to ask, an e-mail address or a URL as in the policy
	// (R-POL-68); "" = the link on the pages.
	Helpdesk string
	// UnlockToo: the policy lets people unlock without a reset, so the mail may
	// promise it (R-ROL-17, R-POL-74).
	UnlockToo bool
	// Starts is the day from which it works; zero = "soon".
	Starts time.Time
	// From is the sender's address; default [Sender].
	From string

	// Where the short links of R-ROL-19 lead; "" leaves the label as plain text.
	ResetURL, RegisterURL, ManageURL string
}

// Sender is the address that the mails come from by default.
const Sender = "it-service@ssprlab.example.com"

// Link is what a label leads to. A Link with no URL is plain text.
type Link struct{ Label, URL string }

// Reset is the link to the password reset page.
func (m Mail) Reset() Link { return Link{"aka.ms/sspr", m.ResetURL} }

// Register is the link to registration.
func (m Mail) Register() Link { return Link{"aka.ms/ssprsetup", m.RegisterURL} }

// Manage is the link to what a person has registered.
func (m Mail) Manage() Link { return Link{"aka.ms/mysecurityinfo", m.ManageURL} }

// Help is the link to the help desk; its label is "" when there is none.
func (m Mail) Help() Link {
	if strings.Contains(m.Helpdesk, "://") {
		return Link{m.Helpdesk, m.Helpdesk}
	}
	address := strings.TrimPrefix(m.Helpdesk, "mailto:")
	if address == "" {
		return Link{}
	}
	return Link{address, "mailto:" + address}
}

// check returns everything that keeps m from being written.
func (m Mail) check() error {
	var all []error
	wrong := func(text string) { all = append(all, errors.New(text)) }
	if !slices.Contains(Templates(), m.Template) {
		wrong(fmt.Sprintf("no template %q: take one of %s", m.Template, strings.Join(Templates(), ", ")))
	}
	if m.Organisation == "" {
		wrong("an organisation is needed, for it is written in its name")
	}
	if m.Date.IsZero() {
		wrong("a date is needed, from the lab's clock")
	}
	for _, address := range []string{m.To, cmp.Or(m.From, Sender)} {
		if a, err := netmail.ParseAddress(address); err != nil || a.Address != address {
			wrong(fmt.Sprintf("%q is not an e-mail address", address))
		}
	}
	for _, address := range []string{m.ResetURL, m.RegisterURL, m.ManageURL} {
		if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			wrong(fmt.Sprintf("%q is not an address that begins with https:// or http://", address))
		}
	}
	return errors.Join(all...)
}
