package activedirectory

// Controls that the directory carries out. The policy hints (…2239, …2066) are
// not among them: Samba, which the lab's other Active Directory is, does not
// have them either (R-WB-99).
const (
	oidPaged        = "1.2.840.113556.1.4.319"
	oidSort         = "1.2.840.113556.1.4.473"
	oidSortResponse = "1.2.840.113556.1.4.474"
	oidParts        = "1.2.840.113556.1.4.801"
	oidTreeDelete   = "1.2.840.113556.1.4.805"
	oidLazyCommit   = "1.2.840.113556.1.4.619"
	oidDomainScope  = "1.2.840.113556.1.4.1339"
	oidPermissive   = "1.2.840.113556.1.4.1413"
)

// supportedControls is what the rootDSE says.
func supportedControls() []string {
	return []string{oidPaged, oidSort, oidSortResponse, oidParts, oidTreeDelete, oidLazyCommit, oidDomainScope, oidPermissive}
}

// options is what the controls of a request ask for.
type options struct {
	paged       *paging
	sort        []sortKey
	parts       int // of the security descriptor
	partsAsked  bool
	treeDelete  bool
	domainScope bool
	permissive  bool
}

// paging is a request for one page of a search.
type paging struct {
	size   int64
	cookie string
}

// readControls turns the controls of a request into options. A critical one
// that is not known refuses the operation, any other unknown one is passed
// over (R-WB-99).
func (s *Server) readControls(controls []control) (options, error) {
	o := options{parts: partsAll}
	for _, c := range controls {
		known, err := o.take(c)
		if err != nil {
			return o, refuse(protocolError, "00000057: LdapErr: DSID-0C09041F, comment: Error processing control %s, data 0, v1db1", c.oid)
		}
		if !known && c.critical {
			s.log.Warn("a critical control that is not modelled", "control", c.oid)
			return o, noSuchControl()
		}
	}
	return o, nil
}

func noSuchControl() error {
	return refuse(unavailableCriticalExtension, "00002040: SvcErr: DSID-031401E7, problem 5010 (UNAVAIL_EXTENSION), data 0")
}

// take reads one control and tells whether it is known.
func (o *options) take(c control) (known bool, err error) {
	switch c.oid {
	case oidPaged:
		o.paged, err = decodePaging(c.value)
	case oidSort:
		o.sort, err = decodeSort(c.value)
	case oidParts:
		o.partsAsked = true
		o.parts, err = decodeParts(c.value)
	case oidTreeDelete:
		o.treeDelete = true
	case oidDomainScope:
		o.domainScope = true
	case oidPermissive:
		o.permissive = true
	case oidLazyCommit:
	default:
		return false, nil
	}
	return true, err
}

func decodePaging(value string) (*paging, error) {
	outer := reader{[]byte(value)}
	r, err := outer.nested(tagSequence)
	if err != nil {
		return nil, err
	}
	var p paging
	if p.size, err = r.integer(tagInteger); err != nil {
		return nil, err
	}
	p.cookie, err = r.text(tagOctets)
	return &p, err
}

func decodeParts(value string) (int, error) {
	outer := reader{[]byte(value)}
	r, err := outer.nested(tagSequence)
	if err != nil {
		return 0, err
	}
	parts, err := r.integer(tagInteger)
	if parts&partsAll == 0 {
		return partsAll, err // none named means all, as on the real product
	}
	return int(parts & partsAll), err
}
