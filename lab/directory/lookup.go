package directory

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Account returns one account. The key is a source anchor (24 characters of
// base64), a DN (it has a =), a UPN (it has an @), DOMAIN\name or a
// sAMAccountName, tried in this order by its looks alone; the methods By… do
// not guess. A Refusal of NoSuchObject or NotUnique says that there is not
// exactly one.
func (d *Directory) Account(ctx context.Context, key string) (Account, error) {
	_, name, qualified := strings.Cut(key, `\`)
	switch {
	case isAnchor(key):
		return d.AccountByAnchor(ctx, key)
	case strings.Contains(key, "="):
		return d.AccountByDN(ctx, key)
	case strings.Contains(key, "@"):
		return d.AccountByUPN(ctx, key)
	case qualified:
		return d.AccountBySAM(ctx, name)
	}
	return d.AccountBySAM(ctx, key)
}

func isAnchor(key string) bool {
	id, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(id) == 16
}

// AccountByDN returns the account at dn.
func (d *Directory) AccountByDN(ctx context.Context, dn string) (Account, error) {
	e, err := d.readWith(ctx, d.dialect.accountQuery(true).below(dn, ""))
	if err != nil {
		return Account{}, err
	}
	return d.accountOf(ctx, e)
}

// AccountByUPN returns the account with that userPrincipalName.
func (d *Directory) AccountByUPN(ctx context.Context, upn string) (Account, error) {
	return d.accountWith(ctx, "UPN "+upn, d.dialect.withName(principalName, upn))
}

// AccountBySAM returns the account with that sAMAccountName, without domain.
func (d *Directory) AccountBySAM(ctx context.Context, sam string) (Account, error) {
	return d.accountWith(ctx, "account name "+sam, d.dialect.withName(accountName, sam))
}

// AccountByAnchor returns the account with that source anchor. An account that
// carries another mS-DS-ConsistencyGuid is not found by its objectGUID.
func (d *Directory) AccountByAnchor(ctx context.Context, anchor string) (Account, error) {
	id, err := base64.StdEncoding.DecodeString(anchor)
	if err != nil || len(id) == 0 {
		return Account{}, fmt.Errorf("read account by anchor %q: expected the base64 of an objectGUID", anchor)
	}
	return d.accountWith(ctx, "anchor "+anchor, d.dialect.withAnchor(id))
}

func (activeDirectory) withAnchor(id []byte) string {
	value := escapeBytes(id)
	return fmt.Sprintf("(|(mS-DS-ConsistencyGuid=%s)(&(objectGUID=%s)(!(mS-DS-ConsistencyGuid=*))))", value, value)
}

func (activeDirectory) withName(kind nameKind, value string) string {
	attribute := "sAMAccountName"
	if kind == principalName {
		attribute = "userPrincipalName"
	}
	return "(" + attribute + "=" + ldap.EscapeFilter(value) + ")"
}

// accountWith returns the one account that filter selects.
func (d *Directory) accountWith(ctx context.Context, key, filter string) (Account, error) {
	found, err := d.searchFew(ctx, d.dialect.accountQuery(true).below(d.base, filter))
	switch {
	case err != nil:
		return Account{}, err
	case len(found) == 0:
		return Account{}, &Refusal{Reason: NoSuchObject, Op: opRead, Object: key}
	case len(found) > 1:
		return Account{}, &Refusal{Reason: NotUnique, Op: opRead, Object: key,
			Text: fmt.Sprintf("%s and %s answer to it", found[0].DN, found[1].DN)}
	}
	return d.accountOf(ctx, found[0])
}

func (d *Directory) accountOf(ctx context.Context, e *ldap.Entry) (Account, error) {
	accounts, err := d.dialect.accountsOf(ctx, []*ldap.Entry{e})
	if err != nil {
		return Account{}, err
	}
	return accounts[0], nil
}
