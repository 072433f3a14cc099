package activedirectory

import (
	"slices"
	"time"
)

// maxPageSize is how many objects one answer holds; a search that finds more
// has to ask for pages. It is the real product's limit.
const maxPageSize = 1000

// maxQueryDuration ends a search whatever the client's own limit, in real time.
// It is the real product's.
const maxQueryDuration = 2 * time.Minute

// Scopes of a search.
const (
	scopeBase = iota
	scopeOne
	scopeSub
)

// searchRequest is a request to find objects.
type searchRequest struct {
	base       string
	scope      int64
	sizeLimit  int64
	timeLimit  int64 // seconds
	typesOnly  bool
	filter     *filter
	attributes []string
	identity   string // what has to stay the same from page to page
}

func decodeSearch(r *reader) (*searchRequest, error) {
	var q searchRequest
	var err error
	whole := r.rest
	if q.base, err = r.text(tagOctets); err != nil {
		return nil, err
	}
	for _, field := range []struct {
		tag  byte
		into *int64
	}{{tagEnumerated, &q.scope}, {tagEnumerated, new(int64)}, {tagInteger, &q.sizeLimit}, {tagInteger, &q.timeLimit}} {
		if *field.into, err = r.integer(field.tag); err != nil {
			return nil, err
		}
	}
	if q.scope < scopeBase || q.scope > scopeSub || q.sizeLimit < 0 || q.timeLimit < 0 {
		return nil, notLDAP("a search of scope %d, %d entries and %d seconds", q.scope, q.sizeLimit, q.timeLimit)
	}
	if q.typesOnly, err = r.boolean(tagBoolean); err != nil {
		return nil, err
	}
	var d filterDecoder
	if q.filter, err = d.decode(r, 0); err != nil {
		return nil, err
	}
	q.identity = string(whole[:len(whole)-len(r.rest)])
	list, err := r.nested(tagSequence)
	for err == nil && !list.empty() {
		var name string
		name, err = list.text(tagOctets)
		q.attributes = append(q.attributes, name)
	}
	return &q, err
}

func (*searchRequest) tag() byte       { return tagSearchDone }
func (q *searchRequest) label() string { return "search " + q.base }

func (q *searchRequest) run(s *session, m *message) error {
	if q.base == "" && q.scope == scopeBase {
		return q.readRoot(s, m)
	}
	if err := s.signedIn(); err != nil {
		return err
	}
	if s.opts.paged != nil {
		return q.page(s, m)
	}
	limit := int64(maxPageSize)
	if q.sizeLimit > 0 {
		limit = min(limit, q.sizeLimit)
	}
	found, err := s.server.search(s, q, limit+1)
	if err != nil {
		return err
	}
	more := int64(len(found)) > limit
	if err := q.send(s, m, found[:min(int64(len(found)), limit)]); err != nil {
		return err
	}
	s.refer(q, m)
	if more {
		return tooMany()
	}
	return nil
}

func tooMany() error {
	return refuse(sizeLimitExceeded, "000020EF: SvcErr: DSID-021A1192, problem 5003 (WILL_NOT_PERFORM), data 0")
}

// search returns the objects that the request means, limit at most, in the
// order in which they shall be sent.
func (s *Server) search(by *session, q *searchRequest, limit int64) ([]*object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	base, err := s.tree.find(q.base)
	if err != nil {
		return nil, err
	}
	if base == nil || !s.schema.sees(s.schema.look(by.who, base)) {
		return nil, noBase(q.base, s.tree.closest(q.base))
	}
	s.compile(q.filter)
	if len(by.opts.sort) > 0 {
		limit = never // all have to be there to be put in order
	}
	h := hunt{server: s, by: by, filter: q.filter, limit: limit, start: s.machine.Now(), patience: maxQueryDuration}
	if q.timeLimit > 0 && q.timeLimit < int64(maxQueryDuration/time.Second) {
		h.patience = time.Duration(q.timeLimit) * time.Second
	}
	s.candidates(base, q, h.consider)
	if h.late {
		return nil, refuse(timeLimitExceeded, "00002023: LdapErr: DSID-0C0906E8, comment: Time limit exceeded, data 0, v1db1")
	}
	if len(by.opts.sort) > 0 {
		s.order(h.found, by.opts.sort)
		by.reply = append(by.reply, sortReply())
	}
	return h.found, nil
}

// candidates calls consider for every object that can be a match, until it
// returns false: those in the scope, or the few that an index knows of.
func (s *Server) candidates(base *object, q *searchRequest, consider func(*object) bool) {
	few, indexed := s.plan(q.filter)
	switch {
	case q.scope == scopeBase:
		consider(base)
	case indexed:
		for _, o := range few {
			if q.scope == scopeOne && o.parent != base || !o.within(base) {
				continue
			}
			if !consider(o) {
				return
			}
		}
	case q.scope == scopeOne:
		for _, o := range base.children {
			if !consider(o) {
				return
			}
		}
	default:
		base.walk(consider)
	}
}

// plan looks for a part of the filter that an index answers.
func (s *Server) plan(f *filter) (few []*object, ok bool) {
	if f.kind == filterAnd {
		for _, kid := range f.kids {
			if few, ok = s.plan(kid); ok {
				return few, true
			}
		}
		return nil, false
	}
	if f.kind != filterEqual || f.attr == attrUnknown || !f.valid {
		return nil, false
	}
	switch {
	case f.attr == attrObjectGUID:
		return some(s.tree.byGUID[[16]byte([]byte(f.value))]), true
	case f.attr == attrObjectSID:
		sid, err := readAnySID(f.value)
		return some(s.tree.bySID[sid]), err == nil
	case f.attr == attrDistinguishedName:
		return some(f.target), true
	case f.attr.linked():
		if f.target == nil {
			return nil, true
		}
		return f.target.linked(f.attr.partner()), true
	case f.attr.has(isIndexed):
		return s.tree.lookup(f.attr, f.value), true
	}
	return nil, false
}

func some(o *object) []*object {
	if o == nil {
		return nil
	}
	return []*object{o}
}

// hunt collects the matches of a search.
type hunt struct {
	server   *Server
	by       *session
	filter   *filter
	limit    int64
	start    time.Time
	patience time.Duration // in real time
	seen     int
	found    []*object
	late     bool
}

// consider takes the object if it matches and is visible, and reports whether
// to go on.
func (h *hunt) consider(o *object) bool {
	const often = 512
	if h.seen++; h.seen%often == 0 && h.server.machine.Since(h.start) > h.patience {
		h.late = true
		return false
	}
	if h.matches(o) {
		h.found = append(h.found, o)
	}
	return int64(len(h.found)) < h.limit
}

// matches evaluates the filter, first as if everything could be read: what is
// hidden can make a part undecided, but never turn it into a match, so the
// access list is asked about matches alone.
func (h *hunt) matches(o *object) bool {
	if h.server.matches(h.filter, view{h.by.who, o, true}) != isTrue {
		return false
	}
	v := h.server.schema.look(h.by.who, o)
	return v.full || h.server.schema.sees(v) && h.server.matches(h.filter, v) == isTrue
}

// send writes the objects, a few at a time, so that neither the lock nor the
// memory is held for a whole large answer. What was deleted meanwhile is left
// out.
func (q *searchRequest) send(s *session, m *message, found []*object) error {
	const atOnce, enough = 64, 32 << 10
	selected := s.server.selectAttributes(q)
	for chunk := range slices.Chunk(found, atOnce) {
		s.writeEntries(m.id, selected, chunk)
		if len(s.out.out) < enough {
			continue
		}
		if err := s.flush(); err != nil {
			return &connectionError{err}
		}
	}
	return nil
}

func (s *session) writeEntries(id int64, selected *selection, objects []*object) {
	s.server.mu.RLock()
	defer s.server.mu.RUnlock()
	for _, o := range objects {
		if !o.gone {
			s.writeEntry(id, selected, o)
		}
	}
}

// refer points from the domain to the configuration, as every domain
// controller does at the end of a search from the domain's root.
func (s *session) refer(q *searchRequest, m *message) {
	if s.opts.domainScope || q.scope == scopeBase || !s.server.isRoot(q.base) {
		return
	}
	message := s.out.begin(tagSequence)
	s.out.integer(tagInteger, m.id)
	reference := s.out.begin(tagSearchReference)
	s.out.octets(tagOctets, "ldap://"+s.server.dns+"/CN=Configuration,"+s.server.base)
	s.out.end(reference)
	s.out.end(message)
}

func (s *Server) isRoot(base string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, err := s.tree.find(base)
	return err == nil && o == s.domain
}
