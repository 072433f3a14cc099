package activedirectory

import (
	"slices"
	"strconv"
)

// maxCursors is how many paged searches a connection may have under way; the
// oldest gives way. It is the real product's MaxResultSetsPerConn.
const maxCursors = 10

// cursors are the paged searches of a connection.
type cursors struct {
	list []*cursor // oldest first
	last int
}

// cursor is what is left of a paged search. The objects were found when the
// first page was; their attributes are read when their page is sent.
type cursor struct {
	cookie   string
	identity string
	rest     []*object
	limited  bool // the client's size limit cut the search short
}

func (c *cursors) find(cookie string) *cursor {
	if i := slices.IndexFunc(c.list, func(x *cursor) bool { return x.cookie == cookie }); i >= 0 {
		return c.list[i]
	}
	return nil
}

func (c *cursors) drop(x *cursor) {
	c.list = slices.DeleteFunc(c.list, func(y *cursor) bool { return x == y })
}

// keep notes a cursor under a fresh cookie.
func (c *cursors) keep(x *cursor) {
	c.drop(x)
	if len(c.list) == maxCursors {
		c.list = slices.Delete(c.list, 0, 1)
	}
	c.last++
	x.cookie = strconv.Itoa(c.last)
	c.list = append(c.list, x)
}

// page answers a search by one page of its result.
func (q *searchRequest) page(s *session, m *message) error {
	p := s.opts.paged
	c, err := q.cursor(s, p)
	if err != nil {
		return err
	}
	first := p.cookie == ""
	if p.size <= 0 { // the client gives the search up
		s.cursors.drop(c)
		s.reply = append(s.reply, pagingReply(""))
		return nil
	}
	n := min(len(c.rest), int(min(p.size, maxPageSize)))
	if err := q.send(s, m, c.rest[:n]); err != nil {
		return err
	}
	if first {
		s.refer(q, m)
	}
	if c.rest = c.rest[n:]; len(c.rest) > 0 {
		s.cursors.keep(c)
		s.reply = append(s.reply, pagingReply(c.cookie))
		return nil
	}
	s.cursors.drop(c)
	s.reply = append(s.reply, pagingReply(""))
	if c.limited {
		return tooMany()
	}
	return nil
}

// cursor finds what the cookie stands for, or starts a search.
func (q *searchRequest) cursor(s *session, p *paging) (*cursor, error) {
	if p.cookie != "" {
		c := s.cursors.find(p.cookie)
		if c == nil || c.identity != q.identity {
			return nil, noSuchControl()
		}
		return c, nil
	}
	limit := int64(never)
	if q.sizeLimit > 0 {
		limit = q.sizeLimit + 1
	}
	found, err := s.server.search(s, q, limit)
	if err != nil {
		return nil, err
	}
	c := &cursor{identity: q.identity, rest: found}
	if q.sizeLimit > 0 && int64(len(found)) > q.sizeLimit {
		c.rest, c.limited = found[:q.sizeLimit], true
	}
	return c, nil
}

func pagingReply(cookie string) control {
	var w writer
	mark := w.begin(tagSequence)
	w.integer(tagInteger, 0) // how many there are is not told
	w.octets(tagOctets, cookie)
	w.end(mark)
	return control{oid: oidPaged, value: string(w.out)}
}
