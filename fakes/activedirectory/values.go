package activedirectory

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// checkValue checks a value against its attribute's syntax and range, and
// returns it in the form in which it is stored.
func checkValue(a attr, value string) (string, error) {
	if value == "" {
		return "", noValue(a.name())
	}
	value, size, ok := normalValue(a, value)
	if !ok {
		return "", badSyntax(a.name())
	}
	if limit := attributeTable[a].max; limit > 0 && size > int64(limit) {
		return "", badSyntax(a.name())
	}
	return value, nil
}

// normalValue returns the stored form of a value, and the size that the
// attribute's range is about: characters, bytes, or the number itself.
func normalValue(a attr, value string) (normal string, size int64, ok bool) {
	switch a.syntax() {
	case syntaxText, syntaxClass:
		return value, int64(utf8.RuneCountInString(value)), utf8.ValidString(value)
	case syntaxInteger:
		n, err := strconv.ParseInt(value, 10, 32)
		return decimal(n), n, err == nil
	case syntaxLarge:
		n, err := strconv.ParseInt(value, 10, 64)
		return decimal(n), 0, err == nil
	case syntaxBoolean:
		return strings.ToUpper(value), 0, strings.EqualFold(value, "TRUE") || strings.EqualFold(value, "FALSE")
	case syntaxMoment:
		value, ok = readMoment(value)
		return value, 0, ok
	case syntaxName:
		name, err := parseDN(value)
		return name.String(), 0, err == nil && len(name) > 0
	case syntaxIdentifier:
		s, err := readAnySID(value)
		return string(s.Bytes()), 0, err == nil
	}
	return value, int64(len(value)), true
}

// valuesOf returns the values of one attribute of o as a search shows them.
// Secrets and the security descriptor, which depends on who asks, are not
// among them.
func (s *Server) valuesOf(o *object, a attr) []string {
	switch {
	case a.has(isSecret):
		return nil
	case a.linked():
		return namesOf(o.linked(a))
	case a.has(isConstructed):
		return s.constructed(o, a)
	case a.has(isComputed), a == o.class.definition().rdn:
		return s.computed(o, a)
	}
	return o.values.get(a)
}

func namesOf(objects []*object) []string {
	if len(objects) == 0 {
		return nil
	}
	names := make([]string, len(objects))
	for i, o := range objects {
		names[i] = o.name
	}
	return names
}

// computed returns what the object itself tells.
func (s *Server) computed(o *object, a attr) []string {
	switch a {
	case attrObjectClass:
		return o.class.definition().chain
	case attrCN, attrOU, attrDC:
		if a != o.class.definition().rdn {
			return o.values.get(a)
		}
		return []string{o.step.value}
	case attrName:
		return []string{o.step.value}
	case attrDistinguishedName:
		return []string{o.name}
	case attrObjectGUID:
		return []string{string(o.guid[:])}
	case attrObjectSID:
		if o.sid.IsZero() {
			return nil
		}
		return []string{string(o.sid.Bytes())}
	case attrObjectCategory:
		return []string{s.categories[o.class]}
	case attrInstanceType:
		return []string{instanceType(o)}
	case attrWhenCreated:
		return []string{moment(o.created)}
	case attrWhenChanged:
		return []string{moment(o.changed)}
	case attrUSNCreated:
		return []string{decimal(o.usnCreated)}
	case attrUSNChanged:
		return []string{decimal(o.usnChanged)}
	}
	return nil
}

// instanceType is 5 for the head of a naming context and 4 below it.
func instanceType(o *object) string {
	if o.parent == nil {
		return "5"
	}
	return "4"
}

// constructed returns what is worked out from other attributes, on demand.
func (s *Server) constructed(o *object, a attr) []string {
	switch a {
	case attrCanonicalName:
		return []string{canonicalName(o)}
	case attrCreateTimeStamp:
		return []string{moment(o.created)}
	case attrModifyTimeStamp:
		return []string{moment(o.changed)}
	case attrPrimaryGroupToken:
		if o.class != classGroup {
			return nil
		}
		return []string{decimal(int64(o.sid.RID()))}
	case attrTokenGroups:
		return s.tokenGroups(o)
	}
	if !o.isAccount() {
		return nil
	}
	switch a {
	case attrAccountControlComputed:
		return []string{decimal(s.computedControl(o, s.clock.Now()))}
	case attrPasswordExpiryComputed:
		return []string{decimal(s.policyFor(o).expiry(o))}
	case attrResultantPSO:
		if settings := s.resultantSettings(o); settings != nil {
			return []string{settings.name}
		}
	}
	return nil
}

// canonicalName is corp.example.com/Staff/Anna Lindqvist.
func canonicalName(o *object) string {
	if o.parent == nil {
		name, _ := parseDN(o.name)
		var labels []string
		for _, step := range name {
			labels = append(labels, step.value)
		}
		return strings.Join(labels, ".") + "/"
	}
	above := canonicalName(o.parent)
	if !strings.HasSuffix(above, "/") {
		above += "/"
	}
	return above + strings.ReplaceAll(o.step.value, "/", `\/`)
}
