package directory

import (
	"context"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// pageSize of listings: Active Directory's own limit is 1,000.
const pageSize = 500

// query is a search below base.
type query struct {
	base       string
	filter     string
	attributes []string
	controls   []ldap.Control
}

// below returns q for what lies at or below base and also satisfies filter, ""
// being everything.
func (q query) below(base, filter string) query {
	q.base = base
	if filter != "" {
		q.filter = "(&" + filter + q.filter + ")"
	}
	return q
}

func (q query) request(scope int) *ldap.SearchRequest {
	return ldap.NewSearchRequest(q.base, scope, ldap.NeverDerefAliases, 0, 0, false, q.filter, q.attributes, q.controls)
}

// readEntry reads attributes of the object dn, "" being the rootDSE.
func (d *Directory) readEntry(ctx context.Context, dn string, attributes ...string) (*ldap.Entry, error) {
	return d.readWith(ctx, query{base: dn, filter: "(objectClass=*)", attributes: attributes})
}

// readWith is readEntry for a query of one object.
func (d *Directory) readWith(ctx context.Context, q query) (*ldap.Entry, error) {
	object := q.base
	if object == "" {
		object = "rootDSE"
	}
	var found []*ldap.Entry
	err := d.do(ctx, job{op: opRead, object: object, read: true, send: func(ctx context.Context, l *link) error {
		return l.request(ctx, func(c *ldap.Conn) error {
			result, err := c.Search(q.request(ldap.ScopeBaseObject))
			if err == nil {
				found = result.Entries
			}
			return err
		})
	}})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, &Refusal{Reason: NoSuchObject, Op: opRead, Object: object}
	}
	return found[0], nil
}

// search returns everything below q.base, page by page on one connection,
// because a cookie is worth nothing on another.
func (d *Directory) search(ctx context.Context, q query) ([]*ldap.Entry, error) {
	var all []*ldap.Entry
	object := fmt.Sprintf("%s below %s", q.filter, q.base)
	err := d.do(ctx, job{op: opRead, object: object, read: true, send: func(ctx context.Context, l *link) error {
		all = nil
		var cookie []byte
		for {
			entries, next, err := l.page(ctx, q, cookie)
			if err != nil {
				return err
			}
			all = append(all, entries...)
			if cookie = next; len(cookie) == 0 {
				return nil
			}
		}
	}})
	return all, err
}

// page reads one page and the cookie of the next.
func (l *link) page(ctx context.Context, q query, cookie []byte) (entries []*ldap.Entry, next []byte, err error) {
	q.controls = append(q.controls[:len(q.controls):len(q.controls)], paging(pageSize, cookie))
	err = l.request(ctx, func(c *ldap.Conn) error {
		result, err := c.Search(q.request(ldap.ScopeWholeSubtree))
		if err != nil {
			return err
		}
		entries = result.Entries
		if p, ok := ldap.FindControl(result.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging); ok {
			next = p.Cookie
		}
		return nil
	})
	return entries, next, err
}

// few is how many hits a search for one object asks for: enough to see that
// there is more than one.
const few = 2

// searchFew returns the first hits below q.base, at most a few.
func (d *Directory) searchFew(ctx context.Context, q query) ([]*ldap.Entry, error) {
	var found []*ldap.Entry
	object := fmt.Sprintf("%s below %s", q.filter, q.base)
	err := d.do(ctx, job{op: opRead, object: object, read: true, send: func(ctx context.Context, l *link) error {
		return l.request(ctx, func(c *ldap.Conn) error {
			request := q.request(ldap.ScopeWholeSubtree)
			request.SizeLimit = few
			result, err := c.Search(request)
			if result != nil {
				found = result.Entries
			}
			if ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) {
				return nil // there are more, and the caller has seen enough
			}
			return err
		})
	}})
	return found, err
}
