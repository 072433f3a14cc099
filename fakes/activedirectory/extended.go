package activedirectory

// Extended operations and messages.
const (
	oidStartTLS      = "1.3.6.1.4.1.1466.20037"
	oidWhoAmI        = "1.3.6.1.4.1.4203.1.11.3"
	oidDisconnection = "1.3.6.1.4.1.1466.20036"
)

func supportedExtensions() []string { return []string{oidStartTLS, oidWhoAmI} }

// extendedRequest is an extended operation. The Password Modify operation is
// not among those that an Active Directory knows.
type extendedRequest struct{ oid string }

func decodeExtended(r *reader) (*extendedRequest, error) {
	oid, err := r.text(contextPrimitive)
	return &extendedRequest{oid}, err
}

func (*extendedRequest) tag() byte       { return tagExtendedResponse }
func (e *extendedRequest) label() string { return "extended operation " + e.oid }

func (e *extendedRequest) run(s *session, _ *message) error {
	switch e.oid {
	case oidStartTLS:
		return s.startTLS()
	case oidWhoAmI:
		name := ""
		if s.who != nil {
			name = "u:" + s.who.login
		}
		s.extra = func(w *writer) { w.octets(contextPrimitive|11, name) }
		return nil
	}
	s.log.Warn("an extended operation that is not modelled", "operation", e.oid)
	return refuse(protocolError, "Extended Operation(%s) not supported", e.oid)
}

func (s *session) startTLS() error {
	switch {
	case s.secure:
		return refuse(operationsError, "00000000: LdapErr: DSID-0C0910A5, comment: TLS or SSL already in effect, data 0, v1db1")
	case s.server.tls == nil:
		return refuse(unavailable, "00000000: LdapErr: DSID-0C0910AE, comment: Error initializing SSL/TLS, data 0, v1db1")
	}
	s.upgrade = true
	s.extra = func(w *writer) { w.octets(contextPrimitive|10, oidStartTLS) }
	return nil
}
