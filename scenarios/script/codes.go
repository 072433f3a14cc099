package script

import "reflect"

// AppCodes counts how often the step reads a code off an authenticator app.
func (s *Step) AppCodes() (n int) {
	for _, a := range s.Do {
		switch what := a.What.(type) {
		case VerifyBy:
			if what.Way == ByAppCode && what.Code.Empty() {
				n++
			}
		case Register:
			for _, m := range what.Methods {
				if m == RegisterAppCode {
					n++
				}
			}
		}
	}
	return n + mentions(reflect.ValueOf(s), "app code")
}

// mentions counts the references to a name in v, wherever a [Value] may stand.
func mentions(v reflect.Value, name string) (n int) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return 0
		}
		if r, ok := v.Interface().(*Ref); ok && r.Name == name {
			return 1
		}
		return mentions(v.Elem(), name)
	case reflect.Slice:
		for i := range v.Len() {
			n += mentions(v.Index(i), name)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			n += mentions(v.MapIndex(key), name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += mentions(v.Field(i), name)
			}
		}
	}
	return n
}
