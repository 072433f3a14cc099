package lab

import (
	"context"
	"fmt"
	"slices"

	"github.com/ssprlab/ssprlab/fakes/connect"
	"github.com/ssprlab/ssprlab/lab/directory"
)

// People is the organisational unit that the lab's people are in, under the
// directory's base.
const People = "Staff"

// connectorName is the name of the connector account, as the wizard of the
// product makes it (R-WB-25).
const connectorName = "MSOL_5f3c5f0e7d1c"

// connectorPassword is drawn from the seed.
func (l *Lab) connectorPassword() string { return "Lab-" + l.Seed.Stream("lab/connector").Token(12) }

// prepareDirectory makes the organisational unit and the connector account,
// with its rights delegated on the domain, through LDAP as an administrator
// would (R-WB-25, R-WB-26).
func (l *Lab) prepareDirectory(ctx context.Context) error {
	d, err := directory.Open(ctx, l.Directory())
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := d.CreateOU(ctx, d.Base(), People); err != nil {
		return err
	}
	connector, err := d.CreateAccount(ctx, directory.NewAccount{
		Parent: "CN=Users," + d.Base(), Name: connectorName, SAM: connectorName, UPN: connectorName + "@" + l.config.DirectoryDomain,
		Password: l.connectorPassword(), NeverExpires: true,
	})
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

// signedIn is everybody who has bound to the directory, as a SID.
const signedIn = "S-1-5-11"

func (l *Lab) startAgent(context.Context) (err error) {
	connector := l.Directory()
	connector.User, connector.Password = connectorName+"@"+l.config.DirectoryDomain, l.connectorPassword()
	l.agent = connect.New(connect.Config{
		Clock: l.Clock, Seed: l.Seed, Era: l.config.Era, Log: l.config.Log, Directory: connector, Forest: l.config.DirectoryDomain,
		Cloud: connect.Cloud{Hosts: l.surfaces, HTTP: l.HTTP(), Tenant: l.config.Domain}, Keys: l.config.Keys.agents.Supply(),
	})
	l.onStop(l.agent.Close)
	if l.Endpoints.Connect, err = l.web("connect", l.agent.Handler()); err != nil {
		return err
	}
	l.Endpoints.ConnectControl, err = l.web("connect", l.agent.Control())
	return err
}
