package odata

import "strings"

// Support says whether a query may use a property in some way.
type Support uint8

// The degrees of support.
const (
	No       Support = iota
	Basic            // in any query
	Advanced         // in an advanced query only
)

// Property is one property of a schema.
type Property struct {
	Name string
	Kind Kind    // of the value, or of the items of a list
	List bool    // a collection
	Of   *Schema // of complex values

	// Hidden: it is returned only when it is selected by name.
	Hidden bool

	Filter Support // eq, in, and comparisons
	Starts Support // startswith
	Ends   bool    // endswith, always advanced
	Sort   Support // $orderby
}

// Schema is a type as queries see it.
type Schema struct {
	Name       string // "microsoft.graph.user"
	Properties []Property
	// Simple: the set knows no advanced queries; whatever is supported is so
	// in any query.
	Simple bool
}

// Find returns the position of the property with that name, whatever its case,
// or -1.
func (s *Schema) Find(name string) int {
	for i := range s.Properties {
		if strings.EqualFold(s.Properties[i].Name, name) {
			return i
		}
	}
	return -1
}

// resource is the last part of the schema's name with a capital, as errors
// call it.
func (s *Schema) resource() string {
	name := s.Name[strings.LastIndexByte(s.Name, '.')+1:]
	if name == "" {
		return "Resource"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// Entity is an object that queries apply to.
type Entity interface {
	// Schema is the object's type.
	Schema() *Schema
	// Property returns the value of the schema's property at position i.
	Property(i int) Value
}

// Shown returns the positions of the properties that are returned unless a
// query selects others.
func (s *Schema) Shown() []int {
	list := make([]int, 0, len(s.Properties))
	for i := range s.Properties {
		if !s.Properties[i].Hidden {
			list = append(list, i)
		}
	}
	return list
}
