package script

import (
	"reflect"
	"strings"
)

// Renamed returns a copy of the scenario in which domains have other names: in
// people's names and addresses, and in every text that mentions them. A domain
// that only ends in one of them, such as corp.alder.example.com where
// alder.example.com is renamed, follows it unless it is renamed itself. So one
// file can be rehearsed several times in one directory, where user principal
// names must be unique.
func (s *Scenario) Renamed(domains map[string]string) *Scenario {
	return copyOf(reflect.ValueOf(s), func(text string) string { return renameIn(text, domains) }).Interface().(*Scenario)
}

// Domains are the domains that people's names are in: the scenario's, what else
// is verified, and what user principal names end in.
func (s *Scenario) Domains() []string {
	seen := map[string]bool{}
	var all []string
	add := func(domain string) {
		if domain != "" && !seen[domain] {
			seen[domain] = true
			all = append(all, domain)
		}
	}
	add(s.Domain)
	for _, d := range s.Tenant.VerifiedDomains {
		add(d)
	}
	for _, p := range s.People {
		_, domain, _ := strings.Cut(p.UPN, "@")
		add(domain)
	}
	return all
}

// renameIn replaces the domains that a text mentions, the longest that fits at
// each place.
func renameIn(text string, domains map[string]string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		longest := ""
		if i == 0 || !inName(text[i-1]) {
			for d := range domains {
				if len(d) > len(longest) && strings.HasPrefix(text[i:], d) && ends(text[i+len(d):]) {
					longest = d
				}
			}
		}
		if longest == "" {
			b.WriteByte(text[i])
			i++
			continue
		}
		b.WriteString(domains[longest])
		i += len(longest)
	}
	return b.String()
}

// inName reports whether a character is one of a label's.
func inName(c byte) bool {
	return c == '-' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// ends reports whether a domain's name is over where rest follows: a dot may be
// that of the sentence.
func ends(rest string) bool {
	rest, _ = strings.CutPrefix(rest, ".")
	return rest == "" || !inName(rest[0])
}

// copyOf returns v with each text in it turned, down to what unexported fields
// hold: these are shared.
func copyOf(v reflect.Value, turn func(string) string) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(turn(v.String())).Convert(v.Type())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v
		}
		inner := copyOf(v.Elem(), turn)
		if v.Kind() == reflect.Interface {
			return inner
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(inner)
		return p
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			list.Index(i).Set(copyOf(v.Index(i), turn))
		}
		return list
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.Field(i).Set(copyOf(v.Field(i), turn))
			}
		}
		return c
	}
	return v
}
