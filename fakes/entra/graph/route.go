package graph

import (
	"net/url"
	"slices"
	"strings"
)

// route is one operation: a method and a path whose "{}" stand for anything.
// Without a handler it is known to the product but not modelled.
type route struct {
	method string
	path   []string
	key    string // of the rights table
	handle handler
}

func on(method, path string, h handler) route {
	return route{method: method, path: strings.Split(path, "/"), key: method + " /" + path, handle: h}
}

// closed returns an operation of the product that is not modelled.
func closed(method, path string) route { return on(method, path, nil) }

// routes are the operations, in the order of graph-fidelity 2.5.
var routes = slices.Concat(userRoutes, groupRoutes, directoryRoutes, methodRoutes, reportRoutes)

// split cuts the path into version and segments. It takes double slashes for
// one, the tenant behind the version, and keys in parentheses, as clients send
// them (graph-fidelity 1).
func (q *request) split() (version string, segments []string, f *fault) {
	for part := range strings.SplitSeq(q.URL.EscapedPath(), "/") {
		if part == "" {
			continue
		}
		plain, err := url.PathUnescape(part)
		if err != nil {
			return "", nil, badf("Invalid segment '%s'.", part)
		}
		segments = append(segments, keyed(plain)...)
	}
	if len(segments) < 2 {
		return "", nil, unmodelled("the path " + q.URL.Path)
	}
	version, segments = strings.ToLower(segments[0]), segments[1:]
	if version != "v1.0" && version != "beta" {
		return "", nil, unmodelled("the version " + version)
	}
	if len(segments) > 1 && q.graph.isTenant(segments[0]) {
		segments = segments[1:]
	}
	return version, segments, nil
}

// keyed splits "users('ada@alder.example.com')" into two segments.
func keyed(segment string) []string {
	open := strings.IndexByte(segment, '(')
	if open <= 0 || !strings.HasSuffix(segment, ")") {
		return []string{segment}
	}
	key := segment[open+1 : len(segment)-1]
	name, value, named := strings.Cut(key, "=")
	switch {
	case named:
		return []string{segment[:open], name + "=" + unquote(value)}
	case len(key) > 1 && key[0] == '\'':
		return []string{segment[:open], unquote(key)}
	}
	return []string{segment}
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '\'' || s[len(s)-1] != '\'' {
		return s
	}
	return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
}

func (g *server) isTenant(segment string) bool {
	return strings.EqualFold(segment, g.tenant.ID) || strings.EqualFold(segment, "myorganization") || g.verified(segment)
}

func (g *server) verified(domain string) bool {
	return slices.ContainsFunc(g.tenant.Domains(), func(d string) bool { return strings.EqualFold(d, domain) })
}

// route finds the operation for the segments and keeps what stands for its
// placeholders. A path that is known, asked for with a method that is not, is
// refused with 405; one that is not known at all with 501.
func (q *request) route(segments []string) (*route, *fault) {
	known := false
	for i := range q.graph.routes {
		r := &q.graph.routes[i]
		args, ok := r.match(segments)
		if !ok {
			continue
		}
		known = true
		if r.method != q.Method {
			continue
		}
		if r.handle == nil {
			break
		}
		q.args = args
		return r, nil
	}
	if known && !slices.ContainsFunc(q.graph.routes, func(r route) bool { return r.shut(q.Method, segments) }) {
		return nil, wrongMethod()
	}
	return nil, unmodelled(q.Method + " " + q.URL.Path)
}

// shut reports whether r is that operation and is not modelled.
func (r route) shut(method string, segments []string) bool {
	_, ok := r.match(segments)
	return ok && r.method == method && r.handle == nil
}

func (r *route) match(segments []string) (args []string, ok bool) {
	if len(segments) != len(r.path) {
		return nil, false
	}
	for i, want := range r.path {
		if want != "{}" && !strings.EqualFold(want, segments[i]) {
			return nil, false
		}
	}
	for i, want := range r.path {
		if want == "{}" {
			args = append(args, segments[i])
		}
	}
	return args, true
}
