package odata

import "fmt"

// Error is what is wrong with a query option, in the service's words.
type Error struct {
	// Unsupported: the option is well formed, but the property or the form is
	// not supported, or only in an advanced query.
	Unsupported bool
	// Position counts the bytes before the fault in the option; -1 when the
	// fault has no place.
	Position int
	Text     string
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

func unknownProperty(name string, s *Schema) *Error {
	return &Error{Position: -1, Text: fmt.Sprintf("Could not find a property named '%s' on type '%s'.", name, s.Name)}
}

func unsupportedFilter(property string, s *Schema) *Error {
	return &Error{Unsupported: true, Position: -1,
		Text: fmt.Sprintf("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", property, s.resource())}
}

func unsupportedSort(property string, s *Schema) *Error {
	return &Error{Unsupported: true, Position: -1,
		Text: fmt.Sprintf("Unsupported sort property '%s' for '%s'.", property, s.resource())}
}

func wrongTypes(left, right, operator string) *Error {
	return &Error{Position: -1, Text: fmt.Sprintf(
		"A binary operator with incompatible types was detected. Found operand types '%s' and '%s' for operator kind '%s'.", left, right, operator)}
}

func syntax(text string, position int, expected string) *Error {
	return &Error{Position: position, Text: fmt.Sprintf("Syntax error at position %d in '%s': expected %s.", position, text, expected)}
}
