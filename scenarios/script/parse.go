package script

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
)

// Parse reads the scenarios of one file; name is what its positions say. All
// problems are returned at once, in the order of the file. A scenario with a
// problem is not among the scenarios.
func Parse(name string, data []byte) ([]*Scenario, []Problem) {
	s := &source{name: name, forms: map[string]*regexp.Regexp{}}
	if s.refused(data) {
		return nil, s.problems
	}
	docs := s.split(data)
	if len(docs) == 0 && len(s.problems) == 0 {
		s.problem(s.at(1, 1), "the file holds no scenario", "name: …", "")
	}
	var all []*Scenario
	shape := scenarioShape()
	for _, d := range docs {
		if s.full() {
			break
		}
		if one := s.scenario(d, shape); one != nil {
			all = append(all, one)
		}
	}
	all = s.distinct(all)
	slices.SortStableFunc(s.problems, before)
	if s.full() {
		last := s.problems[len(s.problems)-1]
		last.Message, last.Expected, last.Nearest = fmt.Sprintf("more than %d problems; the rest is not read", maxProblems-1), "", ""
		s.problems[len(s.problems)-1] = last
	}
	return all, s.problems
}

// before orders problems by place.
func before(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// scenario reads one document; nil when anything is wrong with it.
func (s *source) scenario(d document, shape shape[*draft]) *Scenario {
	before := len(s.problems)
	root := s.tree(d)
	if root == nil {
		return nil
	}
	r := &reader{source: s}
	read, ok := shape.read(r, root)
	if !ok {
		return nil
	}
	one := r.finish(read)
	if len(s.problems) > before {
		return nil
	}
	return one
}

// distinct refuses a second scenario of a name: reports are kept by it.
func (s *source) distinct(all []*Scenario) []*Scenario {
	first := map[string]Position{}
	return slices.DeleteFunc(all, func(c *Scenario) bool {
		at, twice := first[c.Name]
		if twice {
			s.problem(c.At, fmt.Sprintf("a scenario of this name stands at %s", at), "a name of its own", "")
			return true
		}
		first[c.Name] = c.At
		return false
	})
}
