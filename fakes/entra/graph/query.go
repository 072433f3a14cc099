package graph

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra/graph/odata"
)

// collection says how a set of objects answers queries.
type collection struct {
	context string // behind $metadata#
	schema  *odata.Schema
	typed   bool // the items say of what type they are
	// page is the size of a page, most the largest that $top may ask for; 0:
	// $top is refused.
	page, most int
}

// The sizes of pages (graph-fidelity 2.2).
const (
	directoryPage, directoryMost = 100, 999
	auditPage                    = 1000
)

// query is what the options of a request ask of a collection.
type query struct {
	filter   odata.Filter
	filtered bool
	order    odata.Order
	ordered  bool
	shown    []int // properties; nil: those of the type
	selected string
	top      int
	count    bool
	from     skip
}

// skip is where a page goes on. It carries the state of the query, because
// clients follow links without their headers (graph-fidelity 1).
type skip struct {
	Offset   int    `json:"o"`
	After    string `json:"a"` // the last object of the page before
	Eventual bool   `json:"e,omitempty"`
}

// option returns a query option, whatever the case of its name.
func option(values url.Values, name string) (string, bool) {
	for key, list := range values {
		if strings.EqualFold(key, name) && len(list) > 0 {
			return list[0], true
		}
	}
	return "", false
}

// known are the options that the lab models.
var known = []string{"$filter", "$select", "$orderby", "$top", "$count", "$skiptoken", "$format"}

// options checks the names of the options. What the product knows and the lab
// does not is said loudly.
func (q *request) options() (url.Values, *fault) {
	values, err := url.ParseQuery(q.URL.RawQuery)
	if err != nil {
		return nil, badf("The query string cannot be read: %v", err)
	}
	for name := range values {
		lower := strings.ToLower(name)
		switch {
		case !strings.HasPrefix(name, "$"), slices.Contains(known, lower):
		case lower == "$search" && !q.eventual():
			return nil, unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
		case lower == "$skip":
			return nil, bad("'$skip' is not supported by the service.")
		case lower == "$search", lower == "$expand", lower == "$apply", lower == "$deltatoken":
			return nil, unmodelled("the query option " + name)
		default:
			return nil, badf("The query parameter '%s' is not supported.", name)
		}
	}
	return values, nil
}

func (q *request) eventual() bool {
	return strings.EqualFold(q.Header.Get("ConsistencyLevel"), "eventual")
}

// query reads the options of a collection.
func (q *request) query(c collection) (x query, f *fault) {
	values, f := q.options()
	if f != nil {
		return x, f
	}
	x.top = c.page
	if text, ok := option(values, "$skiptoken"); ok {
		if x.from, f = readSkip(text); f != nil {
			return x, f
		}
	}
	x.from.Eventual = x.from.Eventual || q.eventual()
	count, _ := option(values, "$count")
	x.count = strings.EqualFold(count, "true") && (c.schema.Simple || x.from.Eventual)
	for _, step := range []func(url.Values, collection) *fault{x.readTop, x.readSelect, x.readFilter, x.readOrder} {
		if f := step(values, c); f != nil {
			return x, f
		}
	}
	return x, x.allowed(c)
}

func (x *query) readTop(values url.Values, c collection) *fault {
	text, ok := option(values, "$top")
	if !ok {
		return nil
	}
	if c.most == 0 {
		return unsupported("This resource does not support custom page sizes. Please retry without a page size argument.")
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > c.most {
		return badf("Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", text, c.most)
	}
	x.top = n
	return nil
}

func (x *query) readSelect(values url.Values, c collection) *fault {
	text, ok := option(values, "$select")
	if !ok || strings.TrimSpace(text) == "" {
		return nil
	}
	shown, err := selectOf(text, c.schema)
	if err != nil {
		return err
	}
	x.shown, x.selected = shown, text
	return nil
}

// selectOf reads a $select, saying loudly what the lab does not keep.
func selectOf(text string, s *odata.Schema) ([]int, *fault) {
	for name := range strings.SplitSeq(text, ",") {
		if strings.EqualFold(strings.TrimSpace(name), "signInActivity") && s == users.schema {
			return nil, unmodelled("the property signInActivity")
		}
	}
	shown, err := odata.ParseSelect(text, s)
	if err != nil {
		return nil, queryFault(err)
	}
	return shown, nil
}

func (x *query) readFilter(values url.Values, c collection) *fault {
	text, ok := option(values, "$filter")
	if !ok {
		return nil
	}
	var err error
	if x.filter, err = odata.ParseFilter(text, c.schema); err != nil {
		return queryFault(err)
	}
	x.filtered = true
	return nil
}

func (x *query) readOrder(values url.Values, c collection) *fault {
	text, ok := option(values, "$orderby")
	if !ok {
		return nil
	}
	var err error
	if x.order, err = odata.ParseOrder(text, c.schema); err != nil {
		return queryFault(err)
	}
	x.ordered = true
	return nil
}

// allowed refuses what only an advanced query may ask: one with the header
// ConsistencyLevel: eventual and $count=true (graph-fidelity 2.2).
func (x *query) allowed(c collection) *fault {
	if c.schema.Simple || x.count {
		return nil
	}
	switch {
	case x.filter.NeedsAdvanced != "":
		return unsupported("Unsupported or invalid query filter clause specified for property '" + x.filter.NeedsAdvanced + "' of resource '" +
			service(c.schema) + "'.")
	case x.order.NeedsAdvanced != "", x.ordered && x.filtered:
		return unsupported("Sorting not supported for current query.")
	}
	return nil
}

func readSkip(text string) (s skip, f *fault) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil || s.Offset < 0 {
		return s, bad("The skip token is not valid.")
	}
	return s, nil
}

func (s skip) String() string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // three plain fields always encode
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// apply filters and sorts the objects and cuts out the page.
func (x *query) apply(all []entity) (page []entity, total int, next *skip) {
	kept := make([]entity, 0, len(all))
	for _, e := range all {
		if x.filter.Match(e) {
			kept = append(kept, e)
		}
	}
	if x.ordered {
		slices.SortStableFunc(kept, func(a, b entity) int { return x.order.Compare(a, b) })
	}
	first := min(x.from.Offset, len(kept))
	if x.from.After != "" {
		if i := slices.IndexFunc(kept, func(e entity) bool { return e.ID() == x.from.After }); i >= 0 {
			first = i + 1
		}
	}
	last := min(first+x.top, len(kept))
	if last < len(kept) {
		next = &skip{last, kept[last-1].ID(), x.from.Eventual}
	}
	return kept[first:last], len(kept), next
}

// nextLink is the address of the next page: the same options and the state.
func (q *request) nextLink(next skip) string {
	values, _ := url.ParseQuery(q.URL.RawQuery) // it was read before
	var names []string
	for name := range values {
		if !strings.EqualFold(name, "$skiptoken") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		b.WriteString(name + "=" + url.QueryEscape(values.Get(name)) + "&")
	}
	return q.host() + q.URL.EscapedPath() + "?" + b.String() + "$skiptoken=" + next.String()
}

// list answers a collection.
func (q *request) list(c collection, all []entity) (reply, *fault) {
	x, f := q.query(c)
	if f != nil {
		return reply{}, f
	}
	page, total, next := x.apply(all)
	b := make([]byte, 0, 512*(len(page)+1))
	b = append(b, '{')
	if !q.bare {
		b = q.appendContext(b, c.context, x.selected, "")
	}
	if x.count {
		b = append(b, `"@odata.count":`...)
		b = append(strconv.AppendInt(b, int64(total), 10), ',')
	}
	if next != nil {
		b = append(b, `"@odata.nextLink":`...)
		b = append(odata.AppendText(b, q.nextLink(*next)), ',')
	}
	b = append(b, `"value":[`...)
	for i, e := range page {
		if i > 0 {
			b = append(b, ',')
		}
		b = q.appendEntity(append(b, '{'), e, x.shown, c.typed)
	}
	return reply{status: http.StatusOK, body: append(b, "]}"...)}, nil
}

// total answers the number of objects in a collection as text; it is an
// advanced query (graph-fidelity 2.2).
func (q *request) total(c collection, all []entity) (reply, *fault) {
	if !q.eventual() {
		return reply{}, bad("$count is not currently supported.")
	}
	values, f := q.options()
	if f != nil {
		return reply{}, f
	}
	x := query{top: len(all), count: true}
	if f := x.readFilter(values, c); f != nil {
		return reply{}, f
	}
	_, n, _ := x.apply(all)
	return reply{status: http.StatusOK, plain: true, body: strconv.AppendInt(nil, int64(n), 10)}, nil
}
