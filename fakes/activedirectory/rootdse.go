package activedirectory

import (
	"slices"
	"strings"
)

// rootAttribute is one attribute of the rootDSE.
type rootAttribute struct {
	name   string
	values []string
}

// rootDSE is what the directory says of itself to anybody.
func (s *Server) rootDSE() []rootAttribute {
	s.mu.RLock()
	usn := s.tree.usn
	s.mu.RUnlock()
	configuration := "CN=Configuration," + s.base
	schema := "CN=Schema," + configuration
	server := "CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites," + configuration
	host := "dc1." + s.dns
	one := func(name, value string) rootAttribute { return rootAttribute{name, []string{value}} }
	return []rootAttribute{
		one("currentTime", moment(s.clock.Now())),
		one("configurationNamingContext", configuration),
		one("defaultNamingContext", s.base),
		one("dnsHostName", host),
		one("domainControllerFunctionality", "7"),
		one("domainFunctionality", "7"),
		one("dsServiceName", "CN=NTDS Settings,"+server),
		one("forestFunctionality", "7"),
		one("highestCommittedUSN", decimal(usn)),
		one("isGlobalCatalogReady", "FALSE"),
		one("isSynchronized", "TRUE"),
		one("ldapServiceName", s.dns+":dc1$@"+strings.ToUpper(s.dns)),
		{"namingContexts", []string{s.base, configuration}},
		one("rootDomainNamingContext", s.base),
		one("schemaNamingContext", schema),
		one("serverName", server),
		{"supportedCapabilities", []string{"1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.1791",
			"1.2.840.113556.1.4.1935", "1.2.840.113556.1.4.2080", "1.2.840.113556.1.4.2237"}},
		{"supportedControl", supportedControls()},
		{"supportedExtension", supportedExtensions()},
		{"supportedLDAPPolicies", []string{"MaxPageSize", "MaxReceiveBuffer", "MaxConnIdleTime", "MaxQueryDuration", "MaxResultSetsPerConn"}},
		{"supportedLDAPVersion", []string{"3"}},
	}
}

// readRoot answers a search for the rootDSE, which needs no bind. Of filters
// only the presence of an attribute is understood, as nobody asks otherwise.
func (q *searchRequest) readRoot(s *session, m *message) error {
	attributes := s.server.rootDSE()
	if q.filter.kind != filterPresent || !present(attributes, q.filter.name) {
		return nil
	}
	w := &s.out
	message := w.begin(tagSequence)
	w.integer(tagInteger, m.id)
	entry := w.begin(tagSearchEntry)
	w.octets(tagOctets, "")
	list := w.begin(tagSequence)
	e := entryWriter{session: s, sel: &selection{typesOnly: q.typesOnly}}
	for _, a := range attributes {
		if q.wants(a.name) {
			e.write(a.name, a.values)
		}
	}
	w.end(list)
	w.end(entry)
	w.end(message)
	return nil
}

func present(attributes []rootAttribute, name string) bool {
	return strings.EqualFold(name, "objectClass") ||
		slices.ContainsFunc(attributes, func(a rootAttribute) bool { return strings.EqualFold(a.name, name) })
}

// wants reports whether an attribute of the rootDSE was asked for.
func (q *searchRequest) wants(name string) bool {
	return len(q.attributes) == 0 || slices.ContainsFunc(q.attributes, func(asked string) bool {
		return asked == "*" || asked == "+" || strings.EqualFold(asked, name)
	})
}
