package lab

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/part"
)

// People is the organisational unit that the lab's people are in, under the
// directory's base.
const People = "Staff"

// connectorName is the name of the connector account, as the wizard of the
// product makes it (R-WB-25).
const connectorName = "MSOL_5f3c5f0e7d1c"

// connectorPassword is drawn from the seed.
func (l *Lab) connectorPassword() string { return "Lab-" + l.Seed.Stream("lab/connector").Token(12) }

// prepareDirectory makes what the lab needs in the directory, in the whole of it
// or in a tree, and sets the domain's policy. Labs that share a domain set the
// same.
func (l *Lab) prepareDirectory(ctx context.Context) error {
	d, err := directory.Open(ctx, l.wholeDirectory())
	if err != nil {
		return err
	}
	defer d.Close()
	prepare := l.prepareDomain
	if l.config.Tree != "" {
		prepare = l.prepareTree
	}
	if err := prepare(ctx, d); err != nil || l.config.Policy == nil || l.config.Own != nil {
		return err
	}
	return d.SetPolicy(ctx, *l.config.Policy)
}

// prepareDomain makes the organisational unit and the connector account, with
// its rights delegated on the domain, through LDAP as an administrator would
// (R-WB-25, R-WB-26).
func (l *Lab) prepareDomain(ctx context.Context, d *directory.Directory) error {
	if _, err := d.CreateOU(ctx, d.Base(), People); err != nil {
		return err
	}
	connector, err := d.CreateAccount(ctx, l.connectorAccount("CN=Users,"+d.Base()))
	if err != nil {
		return err
	}
	if !slices.Contains(l.config.Delegation, directory.UnexpirePassword) {
		// A new domain gives this right to whoever has signed in (R-WB-26).
		if err := d.Revoke(ctx, signedIn, d.Base(), directory.UnexpirePassword); err != nil {
			return fmt.Errorf("take a right back from everybody: %w", err)
		}
	}
	if len(l.config.Delegation) == 0 {
		return nil
	}
	if err := d.Delegate(ctx, connector.DN, d.Base(), l.config.Delegation...); err != nil {
		return fmt.Errorf("delegate rights to the connector account: %w", err)
	}
	return nil
}

// connectorAccount is the connector account, below the DN parent.
func (l *Lab) connectorAccount(parent string) directory.NewAccount {
	name := connectorName
	if l.config.Tree != "" {
		name = "MSOL_" + string(l.config.Tree)
	}
	return directory.NewAccount{Parent: parent, Name: name, SAM: name, UPN: name + "@" + l.config.DirectoryDomain,
		Password: l.connectorPassword(), NeverExpires: true}
}

// signedIn is everybody who has bound to the directory, as a SID.
const signedIn = "S-1-5-11"

// agent describes the Connect agent, bound as the connector account.
func (l *Lab) agent() part.Connect {
	connector := l.connectorAccount("")
	access := part.DirectoryAccess{
		URL: l.ground.inside, ServerName: l.ground.name, CA: l.ground.ca, Dialect: l.ground.dialect,
		User: connector.UPN, Password: connector.Password, Base: l.home, Within: l.home,
	}
	if o := l.config.Own; o != nil {
		access.User, access.Password = o.Connector.User, o.Connector.Password
	}
	return part.Connect{
		Directory: access, Forest: l.config.DirectoryDomain, Hosts: l.surfaces, Tenant: l.config.Domain,
	}
}

// post asks something of the agent's control.
func (l *Lab) post(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Endpoints.ConnectControl+path, nil)
	if err != nil {
		return err
	}
	res, err := l.HTTP().Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
		return fmt.Errorf("POST %s: %s: %s", path, res.Status, text)
	}
	return nil
}
