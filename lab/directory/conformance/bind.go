package conformance

import (
	"context"
	"strings"
	"time"

	"github.com/ssprlab/ssprlab/lab/directory"
)

func bindCases() []Case {
	wrong := refused(directory.WrongPassword, "52e", invalidCredentials)
	return []Case{
		{"bind by user principal name", rules("R-WB-110b"), accepted(), 0, bindByUPN},
		{"bind by distinguished name", rules("R-WB-110b"), accepted(), 0, bindByDN},
		{"bind by DOMAIN and name", rules("R-WB-110b"), accepted(), aDomainName, bindByDomainName},
		{"bind with a wrong password", rules("R-WB-110b", "R-WB-38"), wrong, theDomain, bindWrong},
		{"bind of an unknown user", rules("R-WB-110b"), wrong, 0, bindUnknown},
		{"bind of a disabled account", rules("R-WB-104", "R-WB-110b"),
			refused(directory.Disabled, "533", invalidCredentials), 0, bindDisabled},
		{"bind of a disabled account with a wrong password", rules("R-WB-110b"), wrong, 0, bindDisabledWrong},
		{"bind of who must change", rules("R-WB-106", "R-WB-110b"),
			refused(directory.MustChange, "773", invalidCredentials), 0, bindMustChange},
		{"bind of who must change with a wrong password", rules("R-WB-110b"), wrong, 0, bindMustChangeWrong},
		{"bind of an expired account", rules("R-WB-110b"),
			refused(directory.AccountExpired, "701", invalidCredentials), 0, bindExpired},
		{"bind of an expired account with a wrong password", rules("R-WB-110b"), wrong, 0, bindExpiredWrong},
		{"bind with an expired password", rules("R-WB-110b"),
			refused(directory.PasswordExpired, "532", invalidCredentials), theClock | theDomain, bindPasswordExpired},
		{"bind with an old password that need not expire", rules("R-CHG-23"), accepted(), theClock | theDomain, bindNeverExpires},
		{"bind of an account whose date has come", rules("R-WB-110b"),
			refused(directory.AccountExpired, "701", invalidCredentials), theClock, bindDateCame},
		{"bind outside of the logon hours", rules("R-WB-110b"),
			refused(directory.LogonRestricted, "530", invalidCredentials), 0, bindOutsideHours},
		{"bind of who must change outside of the logon hours", rules("R-WB-110b"),
			refused(directory.MustChange, "773", invalidCredentials), 0, bindOutsideHoursMust},
		{"bind within the logon hours", rules("R-WB-110b"), accepted(), 0, bindWithinHours},
		{"bind on a plain connection", rules("R-WB-96"),
			refused(directory.EncryptionRequired, "", strongAuthRequired), aPlainPort, bindPlain},
	}
}

func bindByUPN(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.person(ctx), start)
}

func bindByDN(ctx context.Context, b *bench) error {
	return b.admin.Authenticate(ctx, b.person(ctx).DN, start)
}

func bindByDomainName(ctx context.Context, b *bench) error {
	return b.admin.Authenticate(ctx, b.Domain+`\`+b.person(ctx).SAM, start)
}

// bindWrong also sees that the right password clears the count of wrong ones.
func bindWrong(ctx context.Context, b *bench) error {
	b.policy(ctx, threeWrong)
	a := b.person(ctx)
	b.wrong(ctx, a, 2)
	b.check(b.read(ctx, a.DN).BadPasswords == 2, "2 bad passwords counted")
	b.signsIn(ctx, a, start)
	b.check(b.read(ctx, a.DN).BadPasswords == 0, "no bad passwords after a right one")
	return b.signIn(ctx, a, "Wrong-Pass-99")
}

func bindUnknown(ctx context.Context, b *bench) error {
	return b.admin.Authenticate(ctx, "nobody@"+b.Suffix, start)
}

func disabled(n *directory.NewAccount)   { n.Disabled = true }
func mustChange(n *directory.NewAccount) { n.MustChange = true }

func bindDisabled(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.person(ctx, disabled), start)
}

func bindDisabledWrong(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.person(ctx, disabled), "Wrong-Pass-99")
}

func bindMustChange(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.person(ctx, mustChange), start)
}

func bindMustChangeWrong(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.person(ctx, mustChange), "Wrong-Pass-99")
}

// expired makes an account whose time ended an hour ago.
func (b *bench) expired(ctx context.Context) directory.Account {
	now, err := b.admin.Time(ctx)
	b.step("read the directory's clock", err)
	return b.person(ctx, func(n *directory.NewAccount) { n.Expires = now.Add(-time.Hour) })
}

func bindExpired(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.expired(ctx), start)
}

func bindExpiredWrong(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.expired(ctx), "Wrong-Pass-99")
}

const month = 30 * 24 * time.Hour

func bindPasswordExpired(ctx context.Context, b *bench) error {
	b.policy(ctx, func(p *directory.Policy) { p.MaxAge = month })
	a := b.person(ctx)
	b.signsIn(ctx, a, start)
	b.check(!b.read(ctx, a.DN).PasswordExpired, "a fresh password")
	b.advance(month + time.Hour)
	b.check(b.read(ctx, a.DN).PasswordExpired, "an expired password")
	return b.signIn(ctx, a, start)
}

func bindNeverExpires(ctx context.Context, b *bench) error {
	b.policy(ctx, func(p *directory.Policy) { p.MaxAge = month })
	a := b.person(ctx, func(n *directory.NewAccount) { n.NeverExpires = true })
	b.advance(2 * month)
	return b.signIn(ctx, a, start)
}

func bindDateCame(ctx context.Context, b *bench) error {
	now, err := b.admin.Time(ctx)
	b.step("read the directory's clock", err)
	a := b.person(ctx, func(n *directory.NewAccount) { n.Expires = now.Add(time.Hour) })
	b.signsIn(ctx, a, start)
	b.advance(time.Hour + time.Minute)
	return b.signIn(ctx, a, start)
}

// hours makes an account that may sign in in those hours of the week: a bit
// each, from Sunday midnight on.
func hours(every byte) func(*directory.NewAccount) {
	return func(n *directory.NewAccount) {
		n.Attributes = map[string][]string{"logonHours": {strings.Repeat(string([]byte{every}), 21)}}
	}
}

func bindOutsideHours(ctx context.Context, b *bench) error {
	a := b.person(ctx, hours(0x00))
	b.refuses(b.signIn(ctx, a, "Wrong-Pass-99"), directory.WrongPassword)
	return b.signIn(ctx, a, start)
}

func bindOutsideHoursMust(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.person(ctx, hours(0x00), mustChange), start)
}

func bindWithinHours(ctx context.Context, b *bench) error {
	return b.signIn(ctx, b.person(ctx, hours(0xff)), start)
}

func bindPlain(ctx context.Context, b *bench) error {
	a := b.person(ctx)
	config := b.Config
	config.URL, config.Plaintext, config.User, config.Password = b.PlainURL, true, a.UPN, start
	d, err := directory.Open(ctx, config)
	if err == nil {
		b.step("close the plain connection", d.Close())
	}
	return err
}
