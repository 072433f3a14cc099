package activedirectory

import (
	"fmt"
	"strings"

	"github.com/ssprlab/ssprlab/lab/directory/sd"
)

// schema is the tables of attributes and classes made ready for look-ups. It
// does not change once it is made.
type schema struct {
	attrs     map[string]attr // by name in lower case
	classes   map[string]classID
	abstract  map[string]bool // classes that only stand in the chain of others
	attrGUIDs [attrCount]sd.GUID
	setGUIDs  [setCount]sd.GUID
	classGUID [classCount]sd.GUID
}

func newSchema() (*schema, error) {
	s := &schema{
		attrs:    make(map[string]attr, attrCount),
		classes:  make(map[string]classID, classCount),
		abstract: map[string]bool{},
	}
	for i := range attributeTable {
		s.attrs[strings.ToLower(attributeTable[i].name)] = attr(i)
		if err := readGUID(&s.attrGUIDs[i], attributeTable[i].guid, attributeTable[i].name); err != nil {
			return nil, err
		}
	}
	for i, text := range propertySetTable {
		if text == "" {
			continue
		}
		if err := readGUID(&s.setGUIDs[i], text, "property set"); err != nil {
			return nil, err
		}
	}
	for i := range classTable {
		if err := s.addClass(classID(i)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *schema) addClass(c classID) error {
	d := c.definition()
	s.classes[strings.ToLower(d.name)] = c
	for _, above := range d.chain[:len(d.chain)-1] {
		s.abstract[strings.ToLower(above)] = true
	}
	return readGUID(&s.classGUID[c], d.guid, d.name)
}

func readGUID(into *sd.GUID, text, of string) error {
	g, err := sd.ParseGUID(text)
	if err != nil {
		return fmt.Errorf("schema of %s: %w", of, err)
	}
	*into = g
	return nil
}

// attribute finds an attribute by its name, without regard to case and to
// options such as ";binary"; [attrUnknown] if there is none.
func (s *schema) attribute(name string) attr {
	if bare, _, ok := strings.Cut(name, ";"); ok {
		name = bare
	}
	if a, ok := s.attrs[strings.ToLower(name)]; ok {
		return a
	}
	return attrUnknown
}

// class finds the structural class that a list of objectClass values means: the
// one that is named and is not merely above another that is.
func (s *schema) class(names []string) (classID, error) {
	found := classUnknown
	for _, name := range names {
		key := strings.ToLower(name)
		c, ok := s.classes[key]
		switch {
		case !ok && !s.abstract[key]:
			return classUnknown, refuse(noSuchAttribute,
				"00000057: LdapErr: DSID-0C090FA7, comment: Error in attribute conversion operation, data 0 (no such class: %s)", name)
		case ok && found != classUnknown && found != c:
			return classUnknown, classViolation("two structural classes")
		case ok:
			found = c
		}
	}
	if found == classUnknown {
		return classUnknown, classViolation("no structural class")
	}
	return found, checkChain(found, names)
}

// checkChain refuses names that stand in the chain of another class.
func checkChain(c classID, names []string) error {
	for _, name := range names {
		if !c.is(name) {
			return classViolation(name + " is not above " + c.definition().name)
		}
	}
	return nil
}

// is reports whether the class is called name or stands below a class that is.
func (c classID) is(name string) bool {
	for _, link := range c.definition().chain {
		if strings.EqualFold(link, name) {
			return true
		}
	}
	return false
}
