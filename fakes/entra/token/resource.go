package token

import (
	"slices"
	"strings"

	"github.com/ssprlab/ssprlab/fakes/entra"
)

// The resources that tokens are issued for, by their application ids: the
// audiences of [Service.Verify].
const (
	GraphAudience  = "00000003-0000-0000-c000-000000000000" // the graph host
	PortalAudience = "74658136-14ec-4630-ad9b-26e160ff0fc6" // the portal's backend
)

// resource is what a token opens, with every name that clients call it by.
type resource struct {
	id    string
	names []string
}

func (s *Service) resources() []resource {
	return []resource{
		{GraphAudience, []string{GraphAudience, "https://graph.microsoft.com", s.tenant.Hosts().URL(entra.GraphHost, "")}},
		{PortalAudience, []string{PortalAudience, "https://main.iam.ad.ext.azure.com", s.tenant.Hosts().URL(entra.PortalHost, "")}},
	}
}

func (s *Service) resource(name string) (resource, bool) {
	name = strings.TrimRight(name, "/")
	for _, r := range s.resources() {
		if slices.ContainsFunc(r.names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return r, true
		}
	}
	return resource{}, false
}

// request is what a scope parameter asks for.
type request struct {
	resource resource
	name     string   // the resource as the client calls it; empty when it named none
	scopes   []string // permissions without the resource; ".default" for all
	oidc     []string // openid, profile, email, offline_access
}

func (q request) asks(oidc string) bool { return slices.Contains(q.oidc, oidc) }

var oidcScopes = []string{"openid", "profile", "email", "offline_access"}

const defaultScope = ".default"

// parse reads a scope parameter. Scopes without a resource are Graph's.
func (s *Service) parse(scope string) (request, *fault) {
	q := request{resource: s.resources()[0]}
	for _, word := range strings.Fields(scope) {
		if slices.Contains(oidcScopes, strings.ToLower(word)) {
			q.oidc = append(q.oidc, strings.ToLower(word))
			continue
		}
		name, permission := splitScope(word)
		q.scopes = append(q.scopes, permission)
		if name == "" {
			continue
		}
		r, known := s.resource(name)
		switch {
		case !known:
			return q, s.unknownResource(name)
		case q.name != "" && r.id != q.resource.id:
			return q, faultOf(70011, "The provided value for the input parameter 'scope' is not valid. It names more than one resource: "+scope)
		}
		q.resource, q.name = r, strings.TrimRight(name, "/")
	}
	return q, nil
}

// splitScope splits "https://graph.microsoft.com/User.Read" or
// "{application id}/.default" into resource and permission.
func splitScope(word string) (name, permission string) {
	i := strings.LastIndex(word, "/")
	if i < 0 {
		return "", word
	}
	return word[:i], word[i+1:]
}

// grantable returns the permissions that a may use for the user, or the fault
// when the request names one that nobody consented to.
func (q request) grantable(a App) ([]string, *fault) {
	if q.resource.id == PortalAudience {
		return []string{"user_impersonation"}, nil
	}
	for _, want := range q.scopes {
		if want == defaultScope {
			continue
		}
		if !slices.ContainsFunc(a.Delegated, func(have string) bool { return strings.EqualFold(have, want) }) {
			return nil, faultOf(65001, "The user or administrator has not consented to use the application with ID '"+a.ID+
				"' named '"+a.Name+"'. Send an interactive authorization request for this user and resource.")
		}
	}
	return a.Delegated, nil
}

// answer is the scope of the response: what was granted, called as the client
// called it, so that no client counts a scope as declined.
func (q request) answer(granted []string) string {
	var words []string
	for _, o := range q.oidc {
		if o != "offline_access" {
			words = append(words, o)
		}
	}
	prefix := ""
	if q.name != "" {
		prefix = q.name + "/"
	}
	for _, g := range granted {
		words = append(words, prefix+g)
	}
	if slices.Contains(q.scopes, defaultScope) {
		words = append(words, prefix+defaultScope)
	}
	return strings.Join(words, " ")
}
