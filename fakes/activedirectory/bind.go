package activedirectory

import (
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// bindRequest is a request to sign in.
type bindRequest struct {
	version  int64
	name     string
	simple   bool
	password string
}

func decodeBind(r *reader) (*bindRequest, error) {
	var b bindRequest
	var err error
	if b.version, err = r.integer(tagInteger); err != nil {
		return nil, err
	}
	if b.name, err = r.text(tagOctets); err != nil {
		return nil, err
	}
	credentials, err := r.next()
	if err != nil {
		return nil, err
	}
	if credentials.tag == contextPrimitive {
		b.simple, b.password = true, string(credentials.body)
	}
	return &b, nil
}

func (*bindRequest) tag() byte       { return tagBindResponse }
func (b *bindRequest) label() string { return "bind as " + b.name }

// run signs in. Whatever comes of it, the identity from before is gone. Without
// TLS no password is accepted (R-WB-96); without a password nobody is signed
// in, although the answer is success, as on the real product.
func (b *bindRequest) run(s *session, _ *message) error {
	s.who = nil
	switch {
	case b.version != 3:
		return refuse(protocolError, "00002028: LdapErr: DSID-0C09026F, comment: version %d of the protocol is not spoken, data 0, v1db1", b.version)
	case !b.simple:
		s.log.Warn("a SASL bind, which is not modelled", "name", b.name)
		return refuse(authMethodNotSupported, "00002027: LdapErr: DSID-0C090449, comment: Invalid Authentication method, data 0, v1db1")
	case b.password == "":
		return nil
	case !s.secure:
		return refuse(strongerAuthRequired, "BindSimple: Transport encryption required.")
	}
	who, err := s.server.authenticate(b.name, b.password)
	s.who = who
	return err
}

// authenticate checks a password and returns who it belongs to.
func (s *Server) authenticate(login, password string) (*identity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.accountOf(login)
	if o == nil {
		return nil, badLogin("52e")
	}
	if err := s.signIn(o, password); err != nil {
		return nil, err
	}
	return s.identify(o), nil
}

// accountOf finds the account that a login means: a distinguished name, a user
// principal name, also the implicit ones of name@domain, DOMAIN\name, a GUID
// or a SID. Not modelled: canonical, display and service names.
func (s *Server) accountOf(login string) *object {
	for _, find := range []func(string) *object{s.byPrincipalName, s.byDomainLogin, s.byIdentifier, s.byDN} {
		if o := find(login); o != nil && o.isAccount() {
			return o
		}
	}
	return nil
}

func (s *Server) byDN(login string) *object {
	if !strings.Contains(login, "=") {
		return nil
	}
	o, err := s.tree.find(login)
	if err != nil {
		return nil
	}
	return o
}

func (s *Server) byPrincipalName(login string) *object {
	at := strings.LastIndexByte(login, '@')
	if at < 0 {
		return nil
	}
	if found := s.tree.lookup(attrUserPrincipalName, login); len(found) == 1 {
		return found[0]
	}
	if s.isDomain(login[at+1:]) {
		return s.byAccountName(login[:at])
	}
	return nil
}

func (s *Server) byDomainLogin(login string) *object {
	domain, name, ok := strings.Cut(login, `\`)
	if !ok || !s.isDomain(domain) {
		return nil
	}
	return s.byAccountName(name)
}

func (s *Server) byAccountName(name string) *object {
	if found := s.tree.lookup(attrSAMAccountName, name); len(found) == 1 {
		return found[0]
	}
	return nil
}

func (s *Server) byIdentifier(login string) *object {
	if sid, err := sd.ParseSID(login); err == nil {
		return s.tree.bySID[sid]
	}
	if guid, err := sd.ParseGUID(login); err == nil {
		return s.tree.byGUID[guid]
	}
	return nil
}

func (s *Server) isDomain(name string) bool {
	return strings.EqualFold(name, s.dns) || strings.EqualFold(name, s.netbios)
}
