package script

import "time"

// Scenario is one rehearsal: an organisation as it stands at the start, and
// the steps its people take. Parse fills in every default, so a reader of a
// Scenario need not know them.
type Scenario struct {
	At           Position
	Name         string
	About        string
	Rules        []string // ids of the rules it proves: "R-RST-11", "T-13"
	Eras         []Era    // it runs once in each; at least one
	Exceptions   []*Exception
	Start        time.Time
	Organisation string
	Domain       string // of the cloud, and the UPN suffix
	Directory    *Directory
	Tenant       Tenant
	Connect      Connect
	Groups       []*Group
	People       []*Person
	Steps        []*Step
}

// Person returns the person of that key; nil when there is none.
func (s *Scenario) Person(key string) *Person {
	for _, p := range s.People {
		if p.Key == key {
			return p
		}
	}
	return nil
}

// Group returns the group of that name; nil when there is none.
func (s *Scenario) Group(name string) *Group {
	for _, g := range s.Groups {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// StartIn is when the scenario starts in an era: Start when it was stated,
// else a Monday of the era at eight in the morning UTC.
func (s *Scenario) StartIn(e Era) time.Time {
	switch {
	case !s.Start.IsZero():
		return s.Start
	case e == Era2019:
		return time.Date(2019, time.November, 4, 8, 0, 0, 0, time.UTC)
	}
	return time.Date(2025, time.June, 2, 8, 0, 0, 0, time.UTC)
}

// draft is a scenario with what its defaults depend on.
type draft struct {
	Scenario
	verified *[]string
	connect  connectDraft
}

func scenarioShape() shape[*draft] {
	s := object("scenario", "one scenario", func(d *draft) []field {
		d.Eras, d.Organisation, d.Domain = []Era{EraNow}, "Alder Works", "alder.example.com"
		d.Tenant = defaultTenant()
		return []field{
			here(&d.At),
			req("name", "what the scenario shows, in one line", line(), &d.Name),
			opt("about", "prose", plainText("prose"), &d.About),
			opt("rules", "the rules it proves", setOf("a list of rule ids", 1, rule()), &d.Rules),
			opt("eras", "the eras it runs in; default [now]", setOf("a list of eras", 1, oneOf("era", eras())), &d.Eras),
			opt("except on", "the directories it does not hold on", entries("a mapping from a directory to the rule by which it differs",
				oneOf("directory", otherDirectories()), exceptionShape(),
				func(directory string, x *Exception) *Exception { x.Directory = directory; return x }), &d.Exceptions),
			opt("start", "when it starts; default a Monday of the era", moment(), &d.Start),
			opt("organisation", "the organisation's name; default Alder Works", line(), &d.Organisation),
			opt("domain", "the cloud domain and UPN suffix; default alder.example.com", domain(), &d.Domain),
			opt("directory", "the directory on-premises", maybe(directoryShape()), &d.Directory),
			opt("tenant", "the tenant", tenantShape(&d.verified), &d.Tenant),
			opt("connect", "the Connect agent", connectShape(), &d.connect),
			opt("groups", "the groups", entries("a mapping from a group's name to the group", groupName(), groupShape(),
				func(name placed[string], g *Group) *Group { g.At, g.Name = name.at, name.value; return g }), &d.Groups),
			opt("people", "the people", entries("a mapping from an actor's name to the person", personKey(), personShape(),
				func(key placed[string], p *Person) *Person { p.At, p.Key = key.at, key.value; return p }), &d.People),
			req("steps", "a list of steps", listOf("a list of steps", 1, stepShape()), &d.Steps),
		}
	})
	return mapped(s, func(d draft) *draft { return &d })
}

// line is a text without a line break.
func line() shape[string] {
	const expected = "a text of one line"
	s := matching(expected, `^[^\n]{1,200}$`)
	s.schema = plainText(expected).schema
	return s
}
