package activedirectory

import (
	"cmp"
	"slices"
	"strings"
)

// sortKey is one key of the sort control.
type sortKey struct {
	name    string
	reverse bool
}

func decodeSort(value string) ([]sortKey, error) {
	outer := reader{[]byte(value)}
	list, err := outer.nested(tagSequence)
	if err != nil {
		return nil, err
	}
	var keys []sortKey
	for !list.empty() {
		key, err := decodeSortKey(&list)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, notLDAP("a sort control without a key")
	}
	return keys, nil
}

func decodeSortKey(list *reader) (sortKey, error) {
	var key sortKey
	r, err := list.nested(tagSequence)
	if err != nil {
		return key, err
	}
	if key.name, err = r.text(tagOctets); err != nil {
		return key, err
	}
	if r.peek() == contextPrimitive { // the rule: that of the attribute holds
		if _, err = r.next(); err != nil {
			return key, err
		}
	}
	if r.peek() == contextPrimitive|1 {
		key.reverse, err = r.boolean(contextPrimitive | 1)
	}
	return key, err
}

// order sorts objects by the keys; what lacks the attribute comes last.
func (s *Server) order(found []*object, keys []sortKey) {
	for _, key := range slices.Backward(keys) {
		a := s.schema.attribute(key.name)
		if a == attrUnknown || a.has(isSecret) {
			continue
		}
		slices.SortStableFunc(found, func(x, y *object) int {
			vx, vy := s.valuesOf(x, a), s.valuesOf(y, a)
			if len(vx) == 0 || len(vy) == 0 {
				return cmp.Compare(len(vy), len(vx))
			}
			order := compareValues(a, vx[0], vy[0])
			if key.reverse {
				order = -order
			}
			return order
		})
	}
}

func compareValues(a attr, x, y string) int {
	if a.isNumber() {
		return cmp.Compare(numberOf(x), numberOf(y))
	}
	return strings.Compare(strings.ToLower(x), strings.ToLower(y))
}

// sortReply is the control that goes with a sorted answer.
func sortReply() control {
	var w writer
	mark := w.begin(tagSequence)
	w.integer(tagEnumerated, int64(success))
	w.end(mark)
	return control{oid: oidSortResponse, value: string(w.out)}
}
