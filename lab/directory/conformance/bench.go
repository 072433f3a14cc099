package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

// The passwords of the people on the bench: the one that they have at first,
// and those that follow. They are long, so that they pass the policies of most
// domains.
const (
	start  = "Start-Password-01"
	second = "Second-Password-02"
	third  = "Third-Password-03"
)

// bench is where a case works: an organisational unit with people in it. Its
// first failure sticks, so that a case reads as a list of steps; the case's
// own answer counts only if no step failed.
type bench struct {
	Subject
	admin *directory.Directory
	ou    string // the case's own container
	made  int
	after []func(context.Context) error
	fault error
}

func newBench(ctx context.Context, s Subject) (*bench, error) {
	s.Config.Timeout = max(s.Config.Timeout, time.Minute) // a controller takes its time over a thousand objects
	admin, err := directory.Open(ctx, s.Config)
	if err != nil {
		return nil, err
	}
	b := &bench{Subject: s, admin: admin, after: []func(context.Context) error{func(context.Context) error { return admin.Close() }}}
	if s.Under == "" {
		b.step("set the plain policy", admin.SetPolicy(ctx, plainPolicy()))
	}
	b.ou, err = admin.CreateOU(ctx, cmp.Or(s.Under, admin.Base()), "ssprlab-conformance")
	b.step("make the case's unit", err)
	if b.fault != nil {
		return nil, errors.Join(b.fault, admin.Close())
	}
	b.finally(func(ctx context.Context) error { return admin.DeleteTree(ctx, b.ou) })
	return b, nil
}

// plainPolicy is what a case starts from: length and complexity, some history,
// no ages and no lockout.
func plainPolicy() directory.Policy {
	return directory.Policy{MinLength: 7, Complexity: true, History: 5, LockoutWindow: halfHour, LockoutDuration: halfHour}
}

// close undoes what the case did, last first, and returns every failure.
func (b *bench) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for i := len(b.after) - 1; i >= 0; i-- {
		b.fault = errors.Join(b.fault, b.after[i](ctx))
	}
	return b.fault
}

func (b *bench) finally(undo func(context.Context) error) { b.after = append(b.after, undo) }

// step notes what went wrong on the way, the first time.
func (b *bench) step(what string, err error) {
	if err != nil && b.fault == nil {
		b.fault = fmt.Errorf("%s: %w", what, err)
	}
}

// check notes an expectation that does not hold.
func (b *bench) check(holds bool, format string, arguments ...any) {
	if !holds {
		b.step("expected "+fmt.Sprintf(format, arguments...), errors.New("it is not so"))
	}
}

// policy changes the domain's policy for the rest of the case.
func (b *bench) policy(ctx context.Context, change func(*directory.Policy)) {
	if b.Under != "" {
		b.step("set the policy", errors.New("the case writes outside of its unit: it lacks the need theDomain"))
		return
	}
	p := plainPolicy()
	change(&p)
	b.step("set the policy", b.admin.SetPolicy(ctx, p))
}

// name returns a name that nobody in the domain has.
func (b *bench) name() string {
	b.made++
	return fmt.Sprintf("labperson%d", b.made)
}

// group makes a group with members, whose name nobody in the domain has.
func (b *bench) group(ctx context.Context, parent, name string, members ...string) directory.Group {
	g, err := b.admin.CreateGroup(ctx, parent, "labgroup-"+name, members...)
	b.step("make the group "+name, err)
	return g
}

// person makes an account with the password start.
func (b *bench) person(ctx context.Context, changes ...func(*directory.NewAccount)) directory.Account {
	name := b.name()
	n := directory.NewAccount{Parent: b.ou, Name: name, SAM: name, UPN: name + "@" + b.Suffix, Password: start}
	for _, change := range changes {
		change(&n)
	}
	a, err := b.admin.CreateAccount(ctx, n)
	b.step("make "+n.Name, err)
	return a
}

// read returns an account as it is now.
func (b *bench) read(ctx context.Context, dn string) directory.Account {
	a, err := b.admin.AccountByDN(ctx, dn)
	b.step("read "+dn, err)
	return a
}

// signIn binds as a with password.
func (b *bench) signIn(ctx context.Context, a directory.Account, password string) error {
	return b.admin.Authenticate(ctx, a.UPN, password)
}

// signsIn expects that a can sign in.
func (b *bench) signsIn(ctx context.Context, a directory.Account, password string) {
	b.step("sign in as "+a.SAM, b.signIn(ctx, a, password))
}

// refuses expects err to be a refusal for that reason.
func (b *bench) refuses(err error, reason directory.Reason) {
	var refusal *directory.Refusal
	b.check(errors.As(err, &refusal) && refusal.Reason == reason, "a refusal because of %s, got %v", reason, err)
}

// wrong tries n wrong passwords, each another one.
func (b *bench) wrong(ctx context.Context, a directory.Account, n int) {
	for i := range n {
		b.refuses(b.signIn(ctx, a, fmt.Sprintf("Wrong-Pass-%02d", i)), directory.WrongPassword)
	}
}

// advance moves the directory's clock.
func (b *bench) advance(d time.Duration) { b.step("move the clock by "+d.String(), b.Advance(d)) }

// as opens the directory as somebody else for the rest of the case.
func (b *bench) as(ctx context.Context, a directory.Account, password string) *directory.Directory {
	config := b.Config
	config.User, config.Password, config.Connections = a.UPN, password, 1
	d, err := directory.Open(ctx, config)
	b.step("open the directory as "+a.SAM, err)
	if err != nil {
		return b.admin // never asked: the step has failed the case
	}
	b.finally(func(context.Context) error { return d.Close() })
	return d
}

// delegate grants rights on a container. What is kept on the domain's root is
// not granted where only a unit may be written.
func (b *bench) delegate(ctx context.Context, account, container string, rights ...directory.Right) {
	if b.Under != "" {
		rights = slices.DeleteFunc(slices.Clone(rights), directory.Right.OnRoot)
	}
	b.step("delegate", b.admin.Delegate(ctx, account, container, rights...))
}

// connector makes an account with the rights on the case's unit and opens the
// directory as it.
func (b *bench) connector(ctx context.Context, rights ...directory.Right) (*directory.Directory, directory.Account) {
	a := b.person(ctx)
	b.delegate(ctx, a.DN, b.ou, rights...)
	return b.as(ctx, a, start), a
}
