package directory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// NewAccount is an account to be made. Parent, Name and SAM are required.
type NewAccount struct {
	Parent      string // DN of the container
	Name        string // cn, and so the first part of the DN
	SAM         string // sAMAccountName
	UPN         string
	DisplayName string // "" takes Name

	GivenName, Surname string
	Mail, Mobile       string
	OfficePhone        string

	Password     string // may be "" only if Disabled
	MustChange   bool
	NeverExpires bool
	CannotChange bool
	Disabled     bool
	Expires      time.Time // of the account; zero is never

	// Attributes are further ones, written as they are.
	Attributes map[string][]string
}

// CreateAccount makes an account and returns it as the directory then shows
// it. When it cannot finish, what it made is removed again.
func (d *Directory) CreateAccount(ctx context.Context, n NewAccount) (Account, error) {
	dn := child(d.dialect.leafAttribute(), n.Name, n.Parent)
	if n.Parent == "" || n.Name == "" || n.SAM == "" {
		return Account{}, fmt.Errorf("create account %q: Parent, Name and SAM are required", dn)
	}
	if n.Password == "" && !n.Disabled {
		return Account{}, fmt.Errorf("create account %q: an enabled account needs a password", dn)
	}
	if err := d.dialect.createAccount(ctx, dn, n); err != nil {
		return Account{}, err
	}
	return d.AccountByDN(ctx, dn)
}

func (activeDirectory) leafAttribute() string { return "CN" }
func (activeDirectory) unitAttribute() string { return "OU" }

func (ad activeDirectory) createAccount(ctx context.Context, dn string, n NewAccount) error {
	if err := ad.add(ctx, n.request(dn)); err != nil {
		return err
	}
	if n.CannotChange {
		if err := ad.denyChange(ctx, dn); err != nil {
			ad.withdraw(ctx, dn)
			return fmt.Errorf("create account %q: %w", dn, err)
		}
	}
	return nil
}

func (n NewAccount) request(dn string) *ldap.AddRequest {
	request := ldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{"top", "person", "organizationalPerson", "user"})
	display := n.DisplayName
	if display == "" {
		display = n.Name
	}
	for _, a := range [][2]string{
		{"sAMAccountName", n.SAM}, {"userPrincipalName", n.UPN}, {"displayName", display}, {"givenName", n.GivenName},
		{"sn", n.Surname}, {"mail", n.Mail}, {"mobile", n.Mobile}, {"telephoneNumber", n.OfficePhone},
		{"userAccountControl", strconv.Itoa(n.control())},
	} {
		if a[1] != "" {
			request.Attribute(a[0], []string{a[1]})
		}
	}
	if n.Password != "" {
		request.Attribute("unicodePwd", []string{quoted(n.Password)})
	}
	if n.MustChange {
		request.Attribute("pwdLastSet", []string{"0"})
	}
	if !n.Expires.IsZero() {
		request.Attribute("accountExpires", []string{strconv.FormatInt(toFileTime(n.Expires), 10)})
	}
	for name, values := range n.Attributes {
		request.Attribute(name, values)
	}
	return request
}

// control is the account's userAccountControl.
func (n NewAccount) control() int {
	control := uacNormal
	if n.Disabled {
		control |= uacDisabled
	}
	if n.NeverExpires {
		control |= uacNeverExpires
	}
	return control
}

// denyChange writes "user cannot change password": two denials, as the
// administrators' tools do (R-WB-110a).
func (ad activeDirectory) denyChange(ctx context.Context, dn string) error {
	deny := sd.ACE{Type: sd.DenyObject, Mask: sd.ControlAccess, Object: sd.ChangePassword()}
	self, everyone := deny, deny
	self.SID, everyone.SID = sd.Self(), sd.Everyone()
	return ad.appendACEs(ctx, dn, self, everyone)
}

// withdraw removes what could not be finished, whatever became of ctx.
func (d *Directory) withdraw(ctx context.Context, dn string) {
	if err := d.Delete(context.WithoutCancel(ctx), dn); err != nil {
		d.config.Log.Warn("an unfinished object remains", "dn", dn, "error", err)
	}
}

// CreateOU makes an organisational unit below the DN parent, with further
// attributes if there are any, and returns its DN.
func (d *Directory) CreateOU(ctx context.Context, parent, name string, further ...Edit) (dn string, err error) {
	dn = child(d.dialect.unitAttribute(), name, parent)
	request := ldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{"top", "organizationalUnit"})
	for _, e := range further {
		request.Attribute(e.attribute, e.values)
	}
	return dn, d.add(ctx, request)
}

// CreateGroup makes a global security group below the DN parent, its account
// name being name too, with the members given by DN.
func (d *Directory) CreateGroup(ctx context.Context, parent, name string, members ...string) (Group, error) {
	return d.CreateGroupAs(ctx, parent, name, name, members...)
}

// CreateGroupAs is [Directory.CreateGroup] with an account name of its own:
// that must be unique in a domain, the name only in its container. Where groups
// have no account name it is not kept.
func (d *Directory) CreateGroupAs(ctx context.Context, parent, name, sam string, members ...string) (Group, error) {
	dn := child(d.dialect.leafAttribute(), name, parent)
	if err := d.dialect.createGroup(ctx, dn, name, sam, members); err != nil {
		return Group{}, err
	}
	return d.Group(ctx, dn)
}

func (ad activeDirectory) createGroup(ctx context.Context, dn, _, sam string, members []string) error {
	request := ldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{"top", "group"})
	request.Attribute("sAMAccountName", []string{sam})
	request.Attribute("groupType", []string{"-2147483646"})
	if len(members) > 0 {
		request.Attribute("member", slices.Clone(members))
	}
	return ad.add(ctx, request)
}

func (d *Directory) add(ctx context.Context, request *ldap.AddRequest) error {
	return d.write(ctx, opCreate, request.DN, func(c *ldap.Conn) error { return c.Add(request) })
}

// child returns the DN of the object called name below parent. An equals sign
// is escaped too, which RFC 4514 allows and Samba demands.
func child(attribute, name, parent string) string {
	return attribute + "=" + strings.ReplaceAll(ldap.EscapeDN(name), "=", `\=`) + "," + parent
}
