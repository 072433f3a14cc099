package lab_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/ssprlab/ssprlab/fakes/entra/setup"
	"github.com/ssprlab/ssprlab/lab"
	"github.com/ssprlab/ssprlab/lab/directory"
	"github.com/ssprlab/ssprlab/lab/web"
	"github.com/ssprlab/ssprlab/lab/web/form"
)

// A test of your own starts a lab, puts somebody into the tenant, and lets the
// person act on pages.
func ExampleStart() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := lab.Start(ctx, lab.Config{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer l.Stop()

	tenant := setup.NewClient(l.Endpoints.TenantControl, l.HTTP())
	carla := setup.Person{UPN: "carla@alder.example.com", Name: "Carla Elm", Password: "Quiet-Otter-41"}
	if err := tenant.Apply(ctx, setup.State{People: []setup.Person{carla}}); err != nil {
		log.Fatal(err)
	}

	driver := form.New(form.Config{RootCAs: l.Authority().Pool(), Hosts: web.Hosts{"*." + lab.Domain: "127.0.0.1"}})
	defer driver.Close()
	window, err := driver.Visitor(ctx, "carla")
	if err != nil {
		log.Fatal(err)
	}
	page, err := window.Open(ctx, l.Endpoints.Office+"/")
	for _, act := range []web.Act{
		{Fill: []web.Fill{{Label: "Enter your email, phone, or Skype.", Value: carla.UPN}}, Press: "Next"},
		{Fill: []web.Fill{{Label: "Password", Value: carla.Password}}, Press: "Sign in"},
	} {
		if err != nil {
			log.Fatal(err)
		}
		page, err = window.Act(ctx, act)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Heading)
	// Output: Stay signed in?
}

// The directory is an LDAP server, and what is due there in half an hour is due
// when the lab's clock says so.
func ExampleLab_Directory() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := lab.Start(ctx, lab.Config{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer l.Stop()

	d, err := directory.Open(ctx, l.Directory())
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	adele, err := d.CreateAccount(ctx, directory.NewAccount{
		Parent: "OU=" + lab.People + "," + d.Base(), Name: "Adele Birch", SAM: "adele", UPN: "adele@alder.example.com", Password: "Quiet-Otter-41",
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := d.SetPolicy(ctx, directory.Policy{LockoutThreshold: 1, LockoutWindow: 30 * time.Minute, LockoutDuration: 30 * time.Minute}); err != nil {
		log.Fatal(err)
	}

	fmt.Println(d.Authenticate(ctx, adele.UPN, "not the password") != nil)
	account, err := d.AccountByDN(ctx, adele.DN)
	fmt.Println("locked:", account.Locked, err)
	if err := l.Advance(ctx, 31*time.Minute); err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.Authenticate(ctx, adele.UPN, "Quiet-Otter-41"))
	// Output:
	// true
	// locked: true <nil>
	// <nil>
}
