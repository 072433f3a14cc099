package activedirectory

// Tags of LDAP's operations.
const (
	tagBindRequest      = 0x60
	tagBindResponse     = 0x61
	tagUnbindRequest    = 0x42
	tagSearchRequest    = 0x63
	tagSearchEntry      = 0x64
	tagSearchDone       = 0x65
	tagSearchReference  = 0x73
	tagModifyRequest    = 0x66
	tagModifyResponse   = 0x67
	tagAddRequest       = 0x68
	tagAddResponse      = 0x69
	tagDeleteRequest    = 0x4a
	tagDeleteResponse   = 0x6b
	tagRenameRequest    = 0x6c
	tagRenameResponse   = 0x6d
	tagCompareRequest   = 0x6e
	tagCompareResponse  = 0x6f
	tagAbandonRequest   = 0x50
	tagExtendedRequest  = 0x77
	tagExtendedResponse = 0x78
	tagControls         = 0xa0
)

// operation is a request that can be carried out and answered.
type operation interface {
	// run carries the request out. nil is success; a [refusal] is what the
	// client gets; any other error is a fault of the server's.
	run(*session, *message) error
	// tag is that of the response.
	tag() byte
	// label says in a log line what was asked, without any secret.
	label() string
}

// message is one decoded request.
type message struct {
	id       int64
	op       operation // nil for unbind and abandon, which get no answer
	unbind   bool
	controls []control
}

// decodeMessage reads a whole LDAPMessage without its outer header.
func decodeMessage(b []byte) (*message, error) {
	r := reader{b}
	id, err := r.integer(tagInteger)
	if err != nil {
		return nil, err
	}
	if id < 1 || id > 1<<31-1 {
		return nil, notLDAP("message id %d", id)
	}
	e, err := r.next()
	if err != nil {
		return nil, err
	}
	m := &message{id: id, unbind: e.tag == tagUnbindRequest}
	if m.op, err = decodeOperation(e); err != nil {
		return nil, err
	}
	if r.peek() == tagControls {
		m.controls, err = decodeControls(&r)
	}
	return m, err
}

func decodeOperation(e element) (operation, error) {
	r := reader{e.body}
	switch e.tag {
	case tagBindRequest:
		return decodeBind(&r)
	case tagSearchRequest:
		return decodeSearch(&r)
	case tagModifyRequest:
		return decodeModify(&r)
	case tagAddRequest:
		return decodeAdd(&r)
	case tagDeleteRequest:
		return &deleteRequest{string(e.body)}, nil
	case tagRenameRequest:
		return decodeRename(&r)
	case tagCompareRequest:
		return decodeCompare(&r)
	case tagExtendedRequest:
		return decodeExtended(&r)
	case tagUnbindRequest, tagAbandonRequest:
		return nil, nil
	}
	return nil, notLDAP("an operation of tag %#02x", e.tag)
}

// control is one control of a request, as it came.
type control struct {
	oid      string
	critical bool
	value    string
}

func decodeControls(r *reader) ([]control, error) {
	list, err := r.nested(tagControls)
	if err != nil {
		return nil, err
	}
	var controls []control
	for !list.empty() {
		c, err := decodeControl(&list)
		if err != nil {
			return nil, err
		}
		controls = append(controls, c)
	}
	return controls, nil
}

func decodeControl(list *reader) (control, error) {
	var c control
	r, err := list.nested(tagSequence)
	if err != nil {
		return c, err
	}
	if c.oid, err = r.text(tagOctets); err != nil {
		return c, err
	}
	if r.peek() == tagBoolean {
		if c.critical, err = r.boolean(tagBoolean); err != nil {
			return c, err
		}
	}
	if !r.empty() {
		c.value, err = r.text(tagOctets)
	}
	return c, err
}

// changeOp is what a modify does with values; the numbers are LDAP's.
type changeOp int64

const (
	opAdd     changeOp = 0
	opDelete  changeOp = 1
	opReplace changeOp = 2
)

// change is one change of a modify, or one attribute of an add.
type change struct {
	op     changeOp
	name   string // as the client wrote it
	attr   attr   // filled in when the request is carried out
	values []string
}

// decodeValues reads an attribute with its set of values.
func decodeValues(r *reader) (c change, err error) {
	if c.name, err = r.text(tagOctets); err != nil {
		return c, err
	}
	set, err := r.nested(tagSet)
	for err == nil && !set.empty() {
		var value string
		if value, err = set.text(tagOctets); err == nil {
			c.values = append(c.values, value)
		}
	}
	return c, err
}

// writeResult appends a response that is an LDAPResult.
func writeResult(w *writer, id int64, tag byte, r *refusal, extra func(*writer), controls []control) {
	message := w.begin(tagSequence)
	w.integer(tagInteger, id)
	op := w.begin(tag)
	w.integer(tagEnumerated, int64(r.code))
	w.octets(tagOctets, r.matched)
	w.octets(tagOctets, r.text)
	if extra != nil {
		extra(w)
	}
	w.end(op)
	writeControls(w, controls)
	w.end(message)
}

func writeControls(w *writer, controls []control) {
	if len(controls) == 0 {
		return
	}
	list := w.begin(tagControls)
	for _, c := range controls {
		one := w.begin(tagSequence)
		w.octets(tagOctets, c.oid)
		w.octets(tagOctets, c.value)
		w.end(one)
	}
	w.end(list)
}
